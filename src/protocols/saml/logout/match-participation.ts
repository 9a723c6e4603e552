import type { LogoutRequest, NameId } from '../../../saml-core/messages.js';
import type { SamlParticipation } from '../saml-participation.js';

const unspecified = 'urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified';

/**
 * Whether a logout request means the session it came with (SAML 2.0 core, 3.7.3.2).
 * @param participation what the service was told about that session; `null` when nothing
 * @param names.formatMayMiss a name without a format has the one that the service was told
 * @returns why it does not mean it, or `null`
 */
export function logoutMismatch(
  asked: Pick<LogoutRequest, 'nameId' | 'sessionIndexes'>,
  participation: SamlParticipation | null,
  names: { ours: string; theirs: string; formatMayMiss?: boolean },
): 'not-a-participant' | 'other-name-id' | 'other-session' | null {
  if (participation === null) return 'not-a-participant';
  const format =
    asked.nameId.format ?? (names.formatMayMiss === true ? participation.nameId.format : null);
  if (!isSameName({ ...asked.nameId, format }, participation.nameId, names)) return 'other-name-id';
  const { sessionIndexes } = asked;
  const isMeant =
    sessionIndexes.length === 0 || sessionIndexes.includes(participation.sessionIndex);
  return isMeant ? null : 'other-session';
}

/** Two name identifiers strongly match (SAML 2.0 core, 3.3.4), with what is left out standing for the usual. */
export function isSameName(
  one: NameId,
  other: NameId,
  { ours, theirs }: { ours: string; theirs: string },
): boolean {
  return (
    one.value === other.value &&
    (one.format ?? unspecified) === (other.format ?? unspecified) &&
    (one.nameQualifier ?? ours) === (other.nameQualifier ?? ours) &&
    (one.spNameQualifier ?? theirs) === (other.spNameQualifier ?? theirs)
  );
}
