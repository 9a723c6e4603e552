import type { AccountClaims } from 'oidc-provider';
import type { Person } from '../../directory/person.js';
import type { RelyingParty } from '../../relying-parties/relying-party.js';
import { settingsOf } from './client-metadata.js';

/** Names of the claims that relying parties have configured for themselves, of all of them together. */
export function configuredClaims(relyingParties: readonly RelyingParty[]): string[] {
  return [...new Set(relyingParties.flatMap((party) => Object.keys(settingsOf(party).claims)))];
}

/** Everything that may be said of a person to a relying party; the library sends what was asked and granted. */
export function claimsOf(person: Person, relyingParty: RelyingParty | null): AccountClaims {
  const own = relyingParty === null ? {} : settingsOf(relyingParty).claims;
  return {
    sub: person.id,
    ...given('name', person.name),
    ...given('preferred_username', person.username),
    ...given('locale', person.locale),
    ...given('email', person.mail),
    groups: [...person.groups],
    ...Object.fromEntries(
      Object.entries(own).flatMap(([claim, field]) => {
        const value = fieldOf(person, field);
        return value === null ? [] : [[claim, value]];
      }),
    ),
  };
}

function fieldOf(person: Person, field: string): string | readonly string[] | null {
  switch (field) {
    case 'id':
    case 'username':
    case 'name':
    case 'mail':
    case 'upn':
    case 'locale':
      return person[field];
    case 'groups':
      return person.groups;
    default: {
      const values = person.attributes[field];
      if (values === undefined || values.length === 0) return null;
      return values.length === 1 ? (values[0] ?? null) : values;
    }
  }
}

function given(claim: string, value: string | null): Record<string, string> {
  return value === null ? {} : { [claim]: value };
}
