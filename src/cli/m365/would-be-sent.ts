import type { Person } from '../../directory/person.js';
import { fieldValues } from '../../directory/person-field.js';
import { judgePerson } from '../../entra-twin/judge-person.js';
import type { FederatedDomain, TenantUser, TenantUsers } from '../../entra-twin/tenant.js';
import { Verdicts, type Verdict } from '../../entra-twin/verdict.js';
import { attributeBehind, whyNoImmutableId } from './immutable-id-source.js';

/** What would be said of a person, were they to sign in. Computed: nothing is signed, and nothing could be used. */
export function wouldBeSent(person: Person, immutableIdField: string): TenantUser | null {
  const [immutableId = null] = fieldValues(person, immutableIdField);
  return person.upn === null ? null : { upn: person.upn, immutableId };
}

/**
 * The rules about whom an answer is about, without an answer.
 * @param alsoOf who else has the ImmutableID
 */
export function judgeUnsigned(
  person: Person,
  immutableIdField: string,
  tenant: { users: TenantUsers | null; domains: readonly FederatedDomain[] },
  alsoOf: readonly string[],
): Verdict[] {
  const verdicts = new Verdicts();
  verdicts.expect('The person may sign in', !person.disabled, null, 'the person is disabled here');
  const sent = wouldBeSent(person, immutableIdField);
  const values = fieldValues(person, immutableIdField);
  if (
    !verdicts.expect('There is a UPN', sent !== null, 'AADSTS50008', 'the person has none here') ||
    sent === null ||
    !verdicts.expect(
      'There is one ImmutableID',
      values.length === 1,
      values.length === 0 ? 'AADSTS90020' : 'AADSTS51004',
      values.length === 0
        ? `${whyNoImmutableId(person, immutableIdField)}; by SAML the same is AADSTS51004`
        : `${values.length} values in ${attributeBehind(immutableIdField)}`,
    ) ||
    sent.immutableId === null
  ) {
    return verdicts.all;
  }
  verdicts.expect(
    'NameID has 1 to 64 characters',
    sent.immutableId.length <= 64,
    'AADSTS51004',
    `it has ${sent.immutableId.length}`,
  );
  verdicts.expect(
    'The ImmutableID is that of nobody else',
    alsoOf.length === 0,
    'AADSTS51004',
    `it is also that of ${alsoOf.join(', ')}`,
  );
  const meant = tenant.users?.byUpn(sent.upn) ?? null;
  judgePerson(
    { immutableId: sent.immutableId, upn: sent.upn },
    { users: tenant.users, expected: meant, domains: tenant.domains },
    verdicts,
  );
  return verdicts.all;
}
