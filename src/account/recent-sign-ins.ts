import { signInByRow, signInsOfPerson, type ToldSignIn } from '../audit/sign-ins-of-person.js';
import type { Profile } from '../devices/profile.js';
import type { Person } from '../directory/person.js';
import type { Clock } from '../kernel/clock.js';
import type { RelyingPartyRegistry } from '../relying-parties/relying-party.js';
import type { SqlDatabase } from '../storage/sql/sql-database.js';
import type { AccountHome } from '../web/page-models.js';
import { failureView } from '../web/failure-view.js';

export interface RecentSignInsDeps {
  clock: Clock;
  database: Pick<SqlDatabase, 'db'>;
  /** The configured name of the network, or the address. */
  placeOf: (clientAddress: string) => string;
  registry: Pick<RelyingPartyRegistry, 'byId'>;
}

const SHOWN = 10;

export function recentSignIns(
  { database, clock }: Pick<RecentSignInsDeps, 'database' | 'clock'>,
  { id }: Pick<Person, 'id'>,
): Promise<ToldSignIn[]> {
  return signInsOfPerson(database.db, id, { now: clock.now(), most: SHOWN });
}

/** By the name that the page gave it, also when the list has become another since. */
export function recentSignIn(
  { database, clock }: Pick<RecentSignInsDeps, 'database' | 'clock'>,
  { id }: Pick<Person, 'id'>,
  reference: string,
): Promise<ToldSignIn | null> {
  return signInByRow(database.db, id, { now: clock.now(), reference });
}

/**
 * As the page shows it. Our own pages are no service with a name.
 * @param phones all the person ever had
 */
export function shownSignIn(
  { registry, placeOf }: Pick<RecentSignInsDeps, 'registry' | 'placeOf'>,
  told: ToldSignIn,
  phones: readonly Pick<Profile, 'codeCredential' | 'name'>[],
): AccountHome['signIns'][number] {
  const { reference, at, relyingParty, clientAddress, browser, factors, refused } = told;
  const name = registry.byId(relyingParty ?? '')?.name;
  return {
    id: reference,
    at,
    service: name === '' ? null : (name ?? relyingParty),
    place: clientAddress === null ? null : placeOf(clientAddress),
    browser,
    factors: factors.map(({ factor, credential }) => {
      const phone = phones.find(({ codeCredential }) => codeCredential === credential);
      return { factor, phone: (credential !== null && phone?.name) || null };
    }),
    refused: refused === null ? null : failureView(refused, reference).reason,
  };
}
