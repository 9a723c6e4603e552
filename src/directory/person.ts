import type { PrefixedId } from '../kernel/prefixed-id.js';

export type PersonId = PrefixedId<'per'>;

/** A person as every other part sees them: no password, no secret. */
export interface Person {
  id: PersonId;
  username: string;
  name: string;
  mail: string | null;
  upn: string | null;
  groups: readonly string[];
  /** Further attributes by name, for instance `objectGUID`; always lists. */
  attributes: Readonly<Record<string, readonly string[]>>;
  locale: string | null;
  /** Everything issued under an older epoch is void. */
  epoch: number;
  disabled: boolean;
  /** Another one after every change, groups included: who rests on what was read can tell that it still is so. */
  version: number;
  /**
   * Credentials that were taken out of use together with whatever was opened by them: what one of them proved, whenever
   * that was, counts for nothing. Absent where there are none.
   */
  endedCredentials?: readonly string[];
  /** Ids of sessions that were ended before their time and could else still live. Absent where there are none. */
  endedSessions?: readonly string[];
}
