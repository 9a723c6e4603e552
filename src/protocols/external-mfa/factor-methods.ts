/**
 * What each second factor proves, as its events say it (RFC 8176). Only for choosing what to ask for; what is answered is
 * read from the proof itself. A factor that is not here is never asked for by this protocol.
 */
const methods: Readonly<Record<string, string>> = {
  otp: 'otp',
  'recovery-code': 'otp',
  // Browsers keep the key of a phone; `hwk` would be true of one that a chip keeps and vouches for.
  push: 'swk',
};

/** The factors that can be answered for. `amrs`: what was asked for; `null`: anything. */
export function factorsFor(amrs: readonly string[] | null): string[] {
  return Object.entries(methods)
    .filter(([, reference]) => amrs === null || amrs.includes(reference))
    .map(([factor]) => factor);
}
