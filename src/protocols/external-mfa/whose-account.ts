import { normaliseAlias } from '../../directory/alias.js';
import type { Directory } from '../../directory/directory.js';
import type { Person, PersonId } from '../../directory/person.js';
import type { ExternalAccounts } from './external-accounts.js';
import type { ExternalMfaSettings } from './external-mfa-settings.js';
import type { HintedAccount } from './verify-hint.js';

export type Whose =
  /** Certain: by a link, or by the object id that an operator wrote into the directory. */
  | { kind: 'known'; person: Person; by: 'link' | 'attribute' }
  /** Somebody of that UPN, who has to prove by a whole sign-in that the account is theirs. */
  | { kind: 'to-be-proved'; person: Person }
  | {
      kind: 'nobody';
      reason: 'unknown_person' | 'person_disabled' | 'subject_mismatch';
      person: PersonId | null;
    };

/**
 * Whose account a hint names. A UPN finds a candidate and proves nothing, because it can pass to another account of the
 * tenant; only tenant and object id do.
 */
export async function whoseAccount(
  deps: { accounts: Pick<ExternalAccounts, 'personOf'>; directory: Directory },
  { tenant, objectId, upn }: HintedAccount,
  settings: Pick<ExternalMfaSettings, 'object_id_attribute'>,
): Promise<Whose> {
  const { accounts, directory } = deps;
  const linked = await accounts.personOf({ tenant, objectId });
  if (linked !== null) return standing(await directory.find(linked), 'link');
  const candidate = await directory.findByAlias(upn);
  // An alias may also be a user name or a mail address of somebody else.
  if (candidate === null || !hasUpn(candidate, upn)) return nobody('unknown_person', null);
  const { object_id_attribute: attribute } = settings;
  const written = attribute === undefined ? [] : valuesOf(candidate, attribute);
  if (written.length === 0) {
    return candidate.disabled
      ? nobody('person_disabled', candidate.id)
      : { kind: 'to-be-proved', person: candidate };
  }
  if (!written.includes(objectId)) return nobody('subject_mismatch', candidate.id);
  return standing(candidate, 'attribute');
}

function standing(person: Person | null, by: 'link' | 'attribute'): Whose {
  if (person === null) return nobody('unknown_person', null);
  return person.disabled ? nobody('person_disabled', person.id) : { kind: 'known', person, by };
}

function nobody(
  reason: Extract<Whose, { kind: 'nobody' }>['reason'],
  person: PersonId | null,
): Whose {
  return { kind: 'nobody', reason, person };
}

function hasUpn({ upn }: Person, asked: string): boolean {
  return upn !== null && normaliseAlias(upn) === normaliseAlias(asked);
}

function valuesOf({ attributes }: Person, name: string): string[] {
  const values = Object.hasOwn(attributes, name) ? (attributes[name] ?? []) : [];
  return values.map((value) => value.trim().toLowerCase());
}
