import type { AuditLog } from '../../../audit/audit-log.js';
import {
  registrationTokenCreated,
  registrationTokenRevoked,
} from '../../../audit/events/registration-events.js';
import type { Clock } from '../../../kernel/clock.js';
import { newPrefixedId } from '../../../kernel/prefixed-id.js';
import { randomToken, type RandomSource } from '../../../kernel/random.js';
import type { Queryable, SqlDatabase } from '../../../storage/sql/sql-database.js';
import { hashOfToken } from './token-hash.js';

/** What is known of an initial access token once it was handed out. Times in milliseconds since the epoch. */
export interface InitialToken {
  id: string;
  /** The operator's words for whom it is. */
  label: string;
  createdAt: number;
  expiresAt: number;
  /** How many more services it may register. */
  remaining: number;
}

/** Initial access tokens (RFC 7591, 1.2): permission to register a number of services, kept by hash. */
export class InitialTokens {
  readonly #database: SqlDatabase;
  readonly #audit: AuditLog;
  readonly #clock: Clock;
  readonly #random: RandomSource;

  constructor(deps: {
    database: SqlDatabase;
    audit: AuditLog;
    clock: Clock;
    random: RandomSource;
  }) {
    this.#database = deps.database;
    this.#audit = deps.audit;
    this.#clock = deps.clock;
    this.#random = deps.random;
  }

  /** @param wanted.lifetime milliseconds */
  async create(wanted: {
    label: string;
    uses: number;
    lifetime: number;
  }): Promise<InitialToken & { token: string }> {
    const now = this.#clock.now();
    const token = randomToken(this.#random);
    const made = {
      id: newPrefixedId('rgt', this.#random),
      label: wanted.label,
      createdAt: now,
      expiresAt: now + wanted.lifetime,
      remaining: wanted.uses,
    };
    await this.#database.transaction(async (tx) => {
      await tx
        .insertInto('registration_tokens')
        .values({
          id: made.id,
          token_hash: hashOfToken(token),
          label: made.label,
          created_at: made.createdAt,
          expires_at: made.expiresAt,
          remaining: made.remaining,
        })
        .execute();
      const { id, label, expiresAt } = made;
      const event = registrationTokenCreated({ id, label, uses: wanted.uses, expiresAt });
      await this.#audit.recordIn(tx, event);
    });
    return { ...made, token };
  }

  /** Those that have not expired, oldest first. */
  async list(): Promise<InitialToken[]> {
    const rows = await this.#database.db
      .selectFrom('registration_tokens')
      .where('expires_at', '>', this.#clock.now())
      .select(['id', 'label', 'remaining', 'created_at as createdAt', 'expires_at as expiresAt'])
      .orderBy('created_at')
      .execute();
    return rows;
  }

  /** `false` when there is none of that id. What was registered with it stays. */
  async revoke(id: string): Promise<boolean> {
    const revoked = await this.#audit.recordWithChange(
      (db) => db.deleteFrom('registration_tokens').where('id', '=', id).returning('id'),
      registrationTokenRevoked(id),
    );
    return revoked !== null;
  }

  /** Whether a use is left, without taking it: nothing is done for those who have none. */
  async isUsable(token: string): Promise<boolean> {
    const row = await this.#database.db
      .selectFrom('registration_tokens')
      .where('token_hash', '=', hashOfToken(token))
      .where('remaining', '>', 0)
      .where('expires_at', '>', this.#clock.now())
      .select('id')
      .executeTakeFirst();
    return row !== undefined;
  }

  /** Takes one use, in the transaction of what it is for; `null` when none is left. */
  async use(tx: Queryable, token: string): Promise<Pick<InitialToken, 'id' | 'label'> | null> {
    const row = await tx
      .updateTable('registration_tokens')
      .set((eb) => ({ remaining: eb('remaining', '-', 1) }))
      .where('token_hash', '=', hashOfToken(token))
      .where('remaining', '>', 0)
      .where('expires_at', '>', this.#clock.now())
      .returning(['id', 'label'])
      .executeTakeFirst();
    return row ?? null;
  }

  async prune(before: number): Promise<void> {
    await this.#database.db
      .deleteFrom('registration_tokens')
      .where('expires_at', '<', before)
      .execute();
  }
}
