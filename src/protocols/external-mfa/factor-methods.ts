/**
 * RFC 8176 references by factor, as its events carry them, of those that Entra takes for a second factor. A factor that
 * is not here is never asked for by this protocol.
 */
const methods: Readonly<Record<string, readonly string[]>> = {
  otp: ['otp'],
  'recovery-code': ['otp'],
  push: ['swk', 'hwk'],
  passkey: ['fido'],
};

/** The factors that can be answered for. `amrs`: what was asked for; `null`: anything. */
export function factorsFor(amrs: readonly string[] | null): string[] {
  return Object.entries(methods)
    .filter(([, references]) => amrs === null || references.some((one) => amrs.includes(one)))
    .map(([factor]) => factor);
}

/** Is it said of this factor by this reference? */
export function isMethodOf(factor: string, amr: string): boolean {
  return Object.hasOwn(methods, factor) && methods[factor]?.includes(amr) === true;
}
