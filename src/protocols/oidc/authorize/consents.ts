import { createHash } from 'node:crypto';
import type { AuditEvent } from '../../../audit/audit-event.js';
import type { AuditLog } from '../../../audit/audit-log.js';
import type { PersonId } from '../../../directory/person.js';
import type { Clock } from '../../../kernel/clock.js';
import type { Sealer } from '../../../keys/sealer.js';
import type { Use } from '../../../login/sign-in-store.js';
import type { EphemeralStore } from '../../../storage/ephemeral/ephemeral-store.js';
import type { Queryable, SqlDatabase } from '../../../storage/sql/sql-database.js';

/** A question put to a person: what the library was about to do, and what they answered. */
export interface ConsentRequest {
  interaction: Record<string, unknown>;
  /** Path of ours that goes on with the answer. */
  continueAt: string;
  browserHash: string;
  person: PersonId;
  relyingParty: string;
  clientId: string;
  scopes: readonly string[];
  answer: { allowed: true } | { allowed: false } | null;
}

const ASKED_FOR_MS = 15 * 60_000;
const REMEMBERED_FOR_MS = 365 * 86_400_000;

/** Consent questions while they are open (short-lived), and what people have agreed to (durable). */
export class Consents {
  readonly #store: EphemeralStore;
  readonly #sealer: Sealer;
  readonly #database: SqlDatabase;
  readonly #clock: Clock;
  readonly #audit: Pick<AuditLog, 'recordIn'>;

  constructor(deps: {
    audit: Pick<AuditLog, 'recordIn'>;
    store: EphemeralStore;
    sealer: Sealer;
    database: SqlDatabase;
    clock: Clock;
  }) {
    this.#store = deps.store;
    this.#sealer = deps.sealer;
    this.#database = deps.database;
    this.#clock = deps.clock;
    this.#audit = deps.audit;
  }

  async ask(uid: string, request: ConsentRequest): Promise<void> {
    const key = keyOf(uid);
    const value = this.#sealer.seal(Buffer.from(JSON.stringify(request)), key);
    await this.#store.commit([{ kind: 'set', key, value, ttlMs: ASKED_FOR_MS }]);
  }

  async find(uid: string): Promise<ConsentRequest | null> {
    return (await this.findStored(uid))?.request ?? null;
  }

  /** The same, with the writes that use the question up and the guard under which exactly one caller commits them. */
  async findStored(uid: string): Promise<{ request: ConsentRequest; use: Use } | null> {
    const key = keyOf(uid);
    const [stored] = await this.#store.read([key]);
    const request = this.#open(uid, stored ?? null);
    if (request === null || !stored) return null;
    const use: Use = {
      writes: [{ kind: 'delete', key }],
      guards: [{ key, expected: stored }],
    };
    return { request, use };
  }

  /** Scopes the person has agreed to for this client; kept apart from grants, which end with sessions. */
  async remembered(
    person: PersonId,
    clientId: string,
    db: Queryable = this.#database.db,
  ): Promise<string[]> {
    const row = await db
      .selectFrom('oidc_grants')
      .where('id', '=', memoryId(person, clientId))
      .where('expires_at', '>', this.#clock.now())
      .select('payload')
      .executeTakeFirst();
    return row === undefined ? [] : (JSON.parse(row.payload) as { scopes: string[] }).scopes;
  }

  /** Remembers what the person agreed to, and writes the row that tells it: both or neither. */
  async remember({ person, clientId, scopes }: ConsentRequest, told: AuditEvent): Promise<void> {
    await this.#database.transaction(async (tx) => {
      const before = await this.remembered(person, clientId, tx);
      await this.#write(tx, person, clientId, [...new Set([...before, ...scopes])]);
      await this.#audit.recordIn(tx, told);
    });
  }

  async #write(
    tx: Queryable,
    person: PersonId,
    clientId: string,
    scopes: readonly string[],
  ): Promise<void> {
    const now = this.#clock.now();
    const payload = JSON.stringify({ scopes });
    const expires = now + REMEMBERED_FOR_MS;
    await tx
      .insertInto('oidc_grants')
      .values({
        id: memoryId(person, clientId),
        person_id: person,
        client_id: clientId,
        epoch: 0,
        payload,
        created_at: now,
        expires_at: expires,
        revoked_at: null,
      })
      .onConflict((conflict) => conflict.column('id').doUpdateSet({ payload, expires_at: expires }))
      .execute();
  }

  #open(uid: string, stored: string | null): ConsentRequest | null {
    if (stored === null) return null;
    try {
      return JSON.parse(this.#sealer.open(stored, keyOf(uid)).toString()) as ConsentRequest;
    } catch {
      return null;
    }
  }
}

const keyOf = (uid: string) => `oidc:consent:${uid}`;
const memoryId = (person: PersonId, clientId: string) =>
  `consent:${createHash('sha256')
    .update(JSON.stringify([person, clientId]))
    .digest('base64url')}`;
