import type { AdapterPayload } from 'oidc-provider';
import { listColumns, personColumns, toPerson } from '../../../directory/local/person-row.js';
import type { Person, PersonId } from '../../../directory/person.js';
import type { Clock } from '../../../kernel/clock.js';
import type { SqlDatabase } from '../../../storage/sql/sql-database.js';
import { sql } from 'kysely';
import { requestScope, type ReadAhead } from '../request-scope.js';
import type { ModelStore } from './adapter.js';

/** Has none of the credentials that the grant rests on been taken out of use together with what it opened? */
const restsOnWhatHolds = sql<boolean>`not exists (select 1 from ended_credentials
  where ended_credentials.person_id = oidc_grants.person_id
    and oidc_grants.credentials like '% ' || ended_credentials.credential || ' %')`;

/** Each between two spaces, so that one can be found without taking a part of another for it. */
const textOf = (credentials: readonly string[]): string | null =>
  credentials.length === 0 ? null : ` ${credentials.join(' ')} `;

const credentialsOf = (text: string | null): readonly string[] =>
  text?.split(' ').filter((credential) => credential !== '') ?? [];

/** What was used in the session of this request and is not yet among what the grant rests on. */
export function credentialsMissingIn(grantId: string): readonly string[] {
  const { session, grantCredentials } = requestScope();
  const known = new Set(grantCredentials.get(grantId));
  return (session?.session.credentialsUsed ?? []).filter((credential) => !known.has(credential));
}

/**
 * What a person (or, for first parties, policy) has granted a client. Durable, and the place where revocation is
 * decided: a grant counts only while it is not revoked, its person is not disabled, their epoch is the one it was made
 * under, and no credential has ended that it rests on. Every use of a code, access token or refresh token looks here.
 */
export class GrantStore implements ModelStore {
  readonly #database: SqlDatabase;
  readonly #clock: Clock;

  constructor(deps: { database: SqlDatabase; clock: Clock }) {
    this.#database = deps.database;
    this.#clock = deps.clock;
  }

  /** Reads the person along with the grant, because whoever uses a grant goes on to speak of its person. */
  async find(id: string): Promise<AdapterPayload | undefined> {
    const { people, readAhead } = requestScope();
    if (readAhead?.grantId === id) {
      requestScope().readAhead = null;
      requestScope().grantCredentials.set(id, readAhead.credentials);
      return readAhead.payload;
    }
    const row = await this.#rows()
      .innerJoin('oidc_grants', (join) => join.onRef('oidc_grants.person_id', '=', 'people.id'))
      .where('people.disabled_at', 'is', null)
      .whereRef('people.epoch', '=', 'oidc_grants.epoch')
      .where('oidc_grants.revoked_at', 'is', null)
      .where(restsOnWhatHolds)
      .where('oidc_grants.expires_at', '>', this.#clock.now())
      .where('oidc_grants.id', '=', id)
      .select(['oidc_grants.payload', 'oidc_grants.credentials'])
      .executeTakeFirst();
    if (row === undefined) return undefined;
    requestScope().grantCredentials.set(id, credentialsOf(row.credentials));
    const person = toPerson(row);
    people.set(person.id, person);
    return JSON.parse(row.payload) as AdapterPayload;
  }

  /** A person and a grant of theirs, if it counts: what a visit with a session needs, in one round trip. */
  async readAhead(
    id: PersonId,
    grantId: string,
  ): Promise<{ person: Person | null; grant: ReadAhead | null }> {
    const row = await this.#rows()
      .leftJoin('oidc_grants', (join) =>
        join
          .onRef('oidc_grants.person_id', '=', 'people.id')
          .onRef('oidc_grants.epoch', '=', 'people.epoch')
          .on('people.disabled_at', 'is', null)
          .on('oidc_grants.revoked_at', 'is', null)
          .on(restsOnWhatHolds)
          .on('oidc_grants.expires_at', '>', this.#clock.now())
          .on('oidc_grants.id', '=', grantId),
      )
      .where('people.id', '=', id)
      .select(['oidc_grants.payload', 'oidc_grants.credentials'])
      .executeTakeFirst();
    if (row === undefined) return { person: null, grant: null };
    const credentials = credentialsOf(row.credentials);
    const payload = row.payload === null ? undefined : (JSON.parse(row.payload) as AdapterPayload);
    return { person: toPerson(row), grant: { grantId, payload, credentials } };
  }

  #rows() {
    const { db, dialect } = this.#database;
    return db.selectFrom('people').select(personColumns).select(listColumns(dialect));
  }

  /**
   * Stores a grant only while its person's epoch is still the one that was proved. To the credentials that it rests on come
   * those of the session it is given or used in, and it ends with any of them.
   */
  async upsert(id: string, payload: AdapterPayload, expiresInSeconds: number): Promise<void> {
    const person = payload.accountId as PersonId;
    const { person: proved } = requestScope();
    const credentials = textOf(credentialsMissingIn(id));
    const now = this.#clock.now();
    const text = JSON.stringify(payload);
    const written = await this.#database.db
      .insertInto('oidc_grants')
      .columns([
        'id',
        'person_id',
        'client_id',
        'epoch',
        'payload',
        'created_at',
        'expires_at',
        'credentials',
      ])
      .expression((eb) =>
        eb
          .selectFrom('people')
          .where('id', '=', person)
          .where('epoch', '=', proved?.epoch ?? -1)
          .where('disabled_at', 'is', null)
          .select((select) => [
            select.val(id).as('id'),
            'people.id as person_id',
            select.val(payload.clientId ?? '').as('client_id'),
            'people.epoch as epoch',
            select.val(text).as('payload'),
            select.cast<number>(select.val(now), 'bigint').as('created_at'),
            select
              .cast<number>(select.val(now + expiresInSeconds * 1000), 'bigint')
              .as('expires_at'),
            select.cast<string | null>(select.val(credentials), 'text').as('credentials'),
          ]),
      )
      .onConflict((conflict) =>
        conflict.column('id').doUpdateSet((eb) => ({
          payload: eb.ref('excluded.payload'),
          credentials: sql<string>`coalesce(oidc_grants.credentials, '') || coalesce(excluded.credentials, '')`,
        })),
      )
      .returning('id')
      .executeTakeFirst();
    if (written === undefined) throw new Error('the person changed while a grant was being made');
  }

  async destroy(id: string): Promise<void> {
    await this.revoke(id, this.#clock.now());
  }

  async revoke(id: string, at: number): Promise<void> {
    await this.#database.db
      .updateTable('oidc_grants')
      .set({ revoked_at: at })
      .where('id', '=', id)
      .where('revoked_at', 'is', null)
      .execute();
  }

  /** Grants nobody can use any more. */
  async prune(before: number): Promise<void> {
    await this.#database.db
      .deleteFrom('oidc_refresh_tokens')
      .where('expires_at', '<', before)
      .execute();
    await this.#database.db.deleteFrom('oidc_grants').where('expires_at', '<', before).execute();
  }
}
