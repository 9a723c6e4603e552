/**
 * Claim types by which Entra ID takes it that somebody has shown a second factor, and when, or does not ask for one: because
 * they are inside (`insidecorporatenetwork`) or are to stay signed in (`psso`). Their last parts; in front of them are
 * namespaces of Microsoft with years in them.
 */
const saysHow: ReadonlySet<string> = new Set([
  'authnmethodsreferences',
  'authenticationmethod',
  'authenticationinstant',
  'multifactorauthenticationinstant',
  'insidecorporatenetwork',
  'psso',
]);

/**
 * What is wrong with a claim (an attribute) that is filled from a field of a person: it would say how they signed in, which
 * nothing may but what was proved (`asserted-authentication.ts`). `null`: nothing.
 * @param type a URI, compared without case, because whoever reads it may
 */
export function faultOfClaimType(type: string): string | null {
  const written = type.trim().toLowerCase();
  const name = /^https?:\/\/schemas\.microsoft\.com\/(?:.*\/)?([^/]+)\/*$/.exec(written)?.[1];
  if (name === undefined || !saysHow.has(name)) return null;
  return 'says how or from where somebody signed in, and is never filled from a field: leave it out, the true method is told by itself';
}
