import { domainOf, type FederatedDomain, type TenantUser, type TenantUsers } from './tenant.js';
import type { Verdicts } from './verdict.js';

/** Whom an assertion is about, whatever protocol it came by. */
export interface AssertedPerson {
  immutableId: string;
  upn: string | null;
}

export interface PersonFacts {
  /** Whom the tenant knows; `null` where that is not known. */
  users: TenantUsers | null;
  /** Who meant to sign in; `null` where that is not known. */
  expected: TenantUser | null;
  /** The domains that the issuer speaks for in this tenant. */
  domains: readonly FederatedDomain[];
}

/** That the tenant has this person, and that the person is of the issuer's domain. */
export function judgePerson(
  person: AssertedPerson,
  { users, expected, domains }: PersonFacts,
  verdicts: Verdicts,
): void {
  const { immutableId, upn } = person;
  const known = users === null ? 'the people of the tenant are not known' : null;
  const user = users?.byImmutableId(immutableId) ?? null;
  if (known !== null) verdicts.skip('ImmutableID is one of the tenant', known);
  else {
    verdicts.expect(
      'ImmutableID is one of the tenant',
      user !== null,
      'AADSTS51004',
      `nobody there has onPremisesImmutableId ${immutableId}`,
    );
  }
  if (expected === null) verdicts.skip('ImmutableID is that of who signed in', 'who is not known');
  else {
    verdicts.expect(
      'ImmutableID is that of who signed in',
      immutableId === expected.immutableId,
      'AADSTS51004',
      `${expected.upn} has ${expected.immutableId ?? 'none'}, and ${immutableId} was sent`,
    );
  }
  if (upn === null) {
    verdicts.skip('UPN is of a domain of the issuer', 'no UPN was sent');
    return;
  }
  const domain = domainOf(upn);
  const names = domains.map(({ name }) => name.toLowerCase());
  verdicts.expect(
    'UPN is of a domain of the issuer',
    names.includes(domain),
    'AADSTS50020',
    `${upn} is not of ${names.join(', ') || 'any federated domain'}`,
  );
  const meant = expected ?? user;
  if (users === null && expected === null) {
    verdicts.skip('UPN is that of the person', known ?? '');
    return;
  }
  verdicts.expect(
    'UPN is that of the person',
    meant === null ? users?.byUpn(upn) !== null : meant.upn.toLowerCase() === upn.toLowerCase(),
    'AADSTS50034',
    meant === null
      ? `nobody in the tenant is called ${upn}`
      : `the person with that ImmutableID is ${meant.upn}, and ${upn} was sent`,
  );
}
