import { createAuditLog } from '../../../src/audit/create-audit-log.js';
import { createMetrics } from '../../../src/audit/metrics.js';
import type { ClosableAuditLog } from '../../../src/audit/create-audit-log.js';
import type { Person } from '../../../src/directory/person.js';
import { createOutbox } from '../../../src/jobs/create-outbox.js';
import type { Outbox } from '../../../src/jobs/outbox.js';
import { openPayload } from '../../../src/jobs/sealed-payload.js';
import { newPrefixedId } from '../../../src/kernel/prefixed-id.js';
import { systemRandom } from '../../../src/kernel/random.js';
import { createSealer } from '../../../src/keys/aes-gcm-sealer.js';
import type { Sealer } from '../../../src/keys/sealer.js';
import { migrate } from '../../../src/storage/sql/migrate.js';
import type { SqlDatabase } from '../../../src/storage/sql/sql-database.js';
import { recordingLogger } from '../audit/recording-logger.js';
import { ManualClock } from '../manual-clock.js';
import type { SqlAdapter } from '../services/fresh-stores.js';

/** What one server process has of what factors and keys stand on; all of it real. */
export interface Node {
  database: SqlDatabase;
  audit: ClosableAuditLog;
  outbox: Outbox;
  sealer: Sealer;
  clock: ManualClock;
  random: typeof systemRandom;
}

export interface DurableParts {
  clock: ManualClock;
  /** Two processes on one database and one clock. */
  nodes: readonly [Node, Node];
  addPerson(mail?: string | null): Promise<Person>;
  /** Kinds of a person's audit rows; all rows of nobody with `null`. */
  /** In alphabetical order: rows of one moment have no other. */
  auditKinds(person: Person | null): Promise<string[]>;
  mails(): Promise<Record<string, unknown>[]>;
  remove(): Promise<void>;
}

const encryptionKey = Buffer.alloc(32, 7);

export async function durableParts(adapter: SqlAdapter): Promise<DurableParts> {
  const place = await adapter.fresh();
  const clock = new ManualClock();
  const sealer = createSealer({ current: encryptionKey, previous: [] }, systemRandom);
  const node = async (): Promise<Node> => {
    const database = await place.open();
    const metrics = createMetrics({ routes: [], factors: [], jobs: [] });
    const { logger } = recordingLogger();
    const random = systemRandom;
    return {
      database,
      audit: createAuditLog({ database, clock, random, logger, metrics }),
      outbox: createOutbox({ clock, random, sealer }),
      sealer,
      clock,
      random,
    };
  };
  const nodes = [await node(), await node()] as const;
  const [{ database }] = nodes;
  await migrate(database);

  return {
    clock,
    nodes,
    addPerson: (mail = 'anna@example.org') => addPerson(database, clock, mail),
    async auditKinds(person) {
      const rows = await database.db
        .selectFrom('audit_events')
        .select(['kind', 'person_id'])
        .execute();
      const own = rows.filter((row) => row.person_id === (person?.id ?? null));
      return own.map(({ kind }) => kind).sort();
    },
    async mails() {
      const jobs = await database.db.selectFrom('jobs').selectAll().orderBy('created_at').execute();
      return jobs.map((job) => openPayload(sealer, job));
    },
    async remove() {
      await Promise.all(nodes.map(({ audit }) => audit.close()));
      await place.remove();
    },
  };
}

async function addPerson(
  database: SqlDatabase,
  clock: ManualClock,
  mail: string | null,
): Promise<Person> {
  const id = newPrefixedId('per', systemRandom);
  const person: Person = {
    id,
    username: id.toLowerCase(),
    name: 'Anna Ek',
    mail,
    upn: null,
    groups: [],
    attributes: {},
    locale: 'sv',
    epoch: 0,
    disabled: false,
    version: 1,
  };
  await database.db
    .insertInto('people')
    .values({
      id,
      username: person.username,
      name: person.name,
      mail,
      upn: null,
      attributes: '{}',
      locale: person.locale,
      epoch: 0,
      disabled_at: null,
      created_at: clock.now(),
      updated_at: clock.now(),
      record_version: 1,
      password_hash: null,
      password_changed_at: null,
      password_failures: 0,
      password_failed_at: null,
      password_locked_until: null,
      known_browser_failures: 0,
      known_browser_failed_at: null,
      known_browser_locked_until: null,
      password_failures_total: 0,
    })
    .execute();
  return person;
}

/** Runs `work` fifty times at once, alternating between two of something. */
export function fiftyAtOnce<Of, Value>(
  of: readonly [Of, Of],
  work: (one: Of, index: number) => Promise<Value>,
): Promise<Value[]> {
  return Promise.all(
    Array.from({ length: 50 }, (_, index) => work(of[index % 2 === 0 ? 0 : 1], index)),
  );
}
