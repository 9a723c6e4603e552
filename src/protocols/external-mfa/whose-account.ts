import { normaliseAlias } from '../../directory/alias.js';
import type { Directory } from '../../directory/directory.js';
import type { Person, PersonId } from '../../directory/person.js';
import type { ExternalAccounts } from './external-accounts.js';
import type { ExternalMfaSettings } from './external-mfa-settings.js';
import type { HintedAccount } from './verify-hint.js';

export type Whose =
  | { kind: 'known'; person: Person; by: 'link' }
  /**
   * Certain by the object id that an operator wrote into the directory.
   * `insteadOf`: who is linked to the account so far, and has to give way.
   */
  | { kind: 'known'; person: Person; by: 'attribute'; insteadOf: PersonId | null }
  /** Somebody of that UPN, who has to prove by a whole sign-in that the account is theirs. */
  | { kind: 'to-be-proved'; person: Person }
  | {
      kind: 'nobody';
      reason: 'unknown_person' | 'person_disabled' | 'subject_mismatch';
      person: PersonId | null;
    };

/**
 * Whose account a hint names. A UPN finds a candidate and proves nothing, because it can pass to another account of the
 * tenant; only tenant and object id do. What an operator wrote into the directory outranks a link, since a link cannot
 * know that an account was handed on; a UPN alone never does, not even when the link's person is disabled.
 */
export async function whoseAccount(
  deps: { accounts: Pick<ExternalAccounts, 'personOf'>; directory: Directory },
  { tenant, objectId, upn }: HintedAccount,
  settings: Pick<ExternalMfaSettings, 'object_id_attribute'>,
): Promise<Whose> {
  const { accounts, directory } = deps;
  const says = (person: Person) => whatIsWritten(person, objectId, settings.object_id_attribute);
  const linkedTo = await accounts.personOf({ tenant, objectId });
  const found = await directory.findByAlias(upn);
  // An alias may also be a user name or a mail address of somebody else.
  const candidate = found !== null && hasUpn(found, upn) ? found : null;
  if (linkedTo === null) return candidate === null ? unknown : unlinked(candidate, says(candidate));
  const linked = await directory.find(linkedTo);
  if (linked === null) return unknown;
  const rival = candidate !== null && candidate.id !== linked.id ? candidate : null;
  if (rival === null || says(rival) !== 'this') {
    return says(linked) === 'another'
      ? nobody('subject_mismatch', linked.id)
      : standing({ kind: 'known', person: linked, by: 'link' });
  }
  // Written down for two people, it is certain for neither.
  if (says(linked) === 'this') return nobody('subject_mismatch', rival.id);
  return standing({ kind: 'known', person: rival, by: 'attribute', insteadOf: linked.id });
}

const unknown: Whose = { kind: 'nobody', reason: 'unknown_person', person: null };

function unlinked(person: Person, says: 'this' | 'another' | 'nothing'): Whose {
  if (says === 'another') return nobody('subject_mismatch', person.id);
  return standing(
    says === 'this'
      ? { kind: 'known', person, by: 'attribute', insteadOf: null }
      : { kind: 'to-be-proved', person },
  );
}

function standing(whose: Exclude<Whose, { kind: 'nobody' }>): Whose {
  return whose.person.disabled ? nobody('person_disabled', whose.person.id) : whose;
}

function nobody(reason: Extract<Whose, { kind: 'nobody' }>['reason'], person: PersonId): Whose {
  return { kind: 'nobody', reason, person };
}

function hasUpn({ upn }: Person, asked: string): boolean {
  return upn !== null && normaliseAlias(upn) === normaliseAlias(asked);
}

/** Of whose object the attribute speaks; without an attribute, of none. */
function whatIsWritten(
  { attributes }: Person,
  objectId: string,
  name: string | undefined,
): 'this' | 'another' | 'nothing' {
  const values = name !== undefined && Object.hasOwn(attributes, name) ? attributes[name] : [];
  const ids = (values ?? []).map((value) => value.trim().toLowerCase()).filter(Boolean);
  if (ids.length === 0) return 'nothing';
  return ids.includes(objectId) ? 'this' : 'another';
}
