import type { AuthnRequest } from '../../../saml-core/messages.js';
import { MULTIPLE_AUTHN } from '../../../sessions/asserted-authentication.js';
import { ACR_MULTI, ACR_SINGLE, type Strength } from '../../../sessions/strength.js';

const saml = (name: string) => `urn:oasis:names:tc:SAML:2.0:ac:classes:${name}`;

/** Context classes by the number of factors they stand for; the first of each is what we say unasked. */
const classesOf: Readonly<Record<1 | 2, readonly [string, ...string[]]>> = {
  1: [
    saml('PasswordProtectedTransport'),
    saml('Password'),
    saml('unspecified'),
    'https://refeds.org/profile/sfa',
    ACR_SINGLE,
  ],
  2: ['https://refeds.org/profile/mfa', MULTIPLE_AUTHN, saml('MobileTwoFactorContract'), ACR_MULTI],
};

/** What a RequestedAuthnContext comes to. */
export interface DemandedContext {
  /** How many factors there must be at least. */
  factors: 1 | 2;
  /** Classes that satisfy it, the best answer first. */
  acceptable: readonly string[];
}

function factorsOf(classRef: string): 1 | 2 | null {
  if (classesOf[1].includes(classRef)) return 1;
  return classesOf[2].includes(classRef) ? 2 : null;
}

/**
 * Reads a RequestedAuthnContext (SAML 2.0 core, 3.3.2.2.1).
 * @param isMicrosoft whether two factors have to be said in the words of Microsoft wherever the request leaves the word to us
 * @returns `null` when nothing we can prove would satisfy it
 */
export function demandedContext(
  asked: NonNullable<AuthnRequest['requestedAuthnContext']>,
  { isMicrosoft }: { isMicrosoft: boolean },
): DemandedContext | null {
  const known = asked.classRefs.flatMap((ref) => {
    const factors = factorsOf(ref);
    return factors === null ? [] : [{ ref, factors }];
  });
  if (known.length === 0) return null;
  const listed = (factors: 1 | 2) => known.filter((one) => one.factors === factors).map(refOf);
  const strongest = known.some(({ factors }) => factors === 2) ? 2 : 1;
  const weakest = known.some(({ factors }) => factors === 1) ? 1 : 2;
  switch (asked.comparison) {
    case 'exact':
      return demand(weakest, known.map(refOf));
    case 'minimum':
      // Entra asks once more for the second factor of whom it is not told in so many words that they have shown one.
      if (isMicrosoft) return demand(weakest, [MULTIPLE_AUTHN, ...listed(2), ...listed(1)]);
      // Many service providers look for the very class they named, so that one is said where it is true.
      return demand(weakest, [...known.map(refOf), ...classesOf[2]]);
    case 'maximum':
      return demand(1, [...listed(2), ...listed(1), classesOf[1][0]]);
    case 'better':
      // Better than a class we do not know is nothing that can be promised.
      return strongest === 1 && known.length === asked.classRefs.length
        ? demand(2, [isMicrosoft ? MULTIPLE_AUTHN : classesOf[2][0]])
        : null;
  }
}

/** The class to assert; `null` when what was asked for is more than what was proved. */
export function assertedClass(
  demanded: DemandedContext | null,
  { factors }: Pick<Strength, 'factors'>,
): string | null {
  if (factors < 1) return null;
  if (demanded === null) return classesOf[factors >= 2 ? 2 : 1][0];
  return demanded.acceptable.find((ref) => (factorsOf(ref) ?? Infinity) <= factors) ?? null;
}

const refOf = ({ ref }: { ref: string }): string => ref;

function demand(factors: 1 | 2, acceptable: readonly string[]): DemandedContext {
  return { factors, acceptable: [...new Set(acceptable)] };
}
