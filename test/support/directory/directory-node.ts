import type { AuditLog } from '../../../src/audit/audit-log.js';
import { PublicUrl } from '../../../src/config/public-url.js';
import { createInvitations } from '../../../src/directory/links/invitations.js';
import { createOperatorLinks } from '../../../src/directory/links/operator-links.js';
import { OneTimeLinks } from '../../../src/directory/links/one-time-links.js';
import { createPasswordLinks } from '../../../src/directory/links/password-links.js';
import {
  createResetRequestJob,
  createResetRequests,
} from '../../../src/directory/links/reset-requests.js';
import { createDemandedChange } from '../../../src/directory/local/demanded-change.js';
import { createLocalDirectory } from '../../../src/directory/local/local-directory.js';
import { defaultPasswordLockout } from '../../../src/directory/local/lockout.js';
import { createPasswordChanges } from '../../../src/directory/local/password-changes.js';
import { createPeople } from '../../../src/directory/local/people.js';
import { createLocalPeopleReader } from '../../../src/directory/local/read-people.js';
import { createBlocklist } from '../../../src/directory/passwords/blocklist.js';
import { createHashQueue } from '../../../src/directory/passwords/hash-queue.js';
import { createPasswordHashing } from '../../../src/directory/passwords/password-hashing.js';
import { createPasswordPolicy } from '../../../src/directory/passwords/password-policy.js';
import type { SqlDatabase } from '../../../src/storage/sql/sql-database.js';
import type { Node } from '../factors/durable-parts.js';

/** argon2id as cheap as it goes, so that tests can do it hundreds of times. */
export const cheapCost = { memoryKiB: 64, passes: 1, lanes: 1 };

export const publicUrl = new PublicUrl('https://login.example.org');

/** Work counted since the last `reset`. */
export interface Work {
  hashes: number;
  statements: number;
  /** Kinds of statement, in order. */
  kinds: string[];
  reset(): void;
}

export type DirectoryNode = ReturnType<typeof directoryNode>;

/** The directory of one server process, all of it real, with its work counted. */
export function directoryNode(node: Node, queueLength = 200) {
  const work: Work = {
    hashes: 0,
    statements: 0,
    kinds: [],
    reset: () => Object.assign(work, { hashes: 0, statements: 0, kinds: [] }),
  };
  const real = createPasswordHashing(cheapCost);
  const hashing: typeof real = {
    ...real,
    verify(stored, password) {
      work.hashes += 1;
      return real.verify(stored, password);
    },
  };
  const database = counting(node.database, work);
  const audit: AuditLog = {
    record: node.audit.record,
    recordIn: node.audit.recordIn,
    recordWithChange(change, event) {
      work.statements += 1;
      work.kinds.push('UpdateQueryNode');
      return node.audit.recordWithChange(change, event);
    },
  };
  const afterVoid = async () => {};
  const parts = { ...node, database, audit, hashing, afterVoid, defaultLocale: 'en', publicUrl };
  const queue = createHashQueue({ concurrency: 2, length: queueLength });
  const directory = createLocalDirectory({ ...parts, queue, lockout: defaultPasswordLockout });
  const policy = createPasswordPolicy({
    minimumLength: 8,
    blocklist: createBlocklist(['password1']),
    contextWords: ['Northgate'],
  });
  const passwords = createPasswordChanges({ ...parts, directory, policy, queue });
  const links = new OneTimeLinks(parts);
  return {
    work,
    database: node.database,
    directory,
    passwords,
    demandedChange: createDemandedChange({ ...parts, queue, passwords }),
    people: createPeople(parts),
    reader: createLocalPeopleReader(node.database),
    links,
    passwordLinks: createPasswordLinks({ ...parts, links, passwords }),
    issueOperatorLink: createOperatorLinks({ ...parts, links }),
    resetRequests: createResetRequests(parts),
    resetJob: createResetRequestJob({ ...parts, directory, links }),
    invite: createInvitations({ ...parts, links, byMail: false }),
  };
}

function counting(database: SqlDatabase, work: Work): SqlDatabase {
  const db = database.db.withPlugin({
    transformQuery({ node }) {
      work.statements += 1;
      work.kinds.push(node.kind);
      return node;
    },
    transformResult: async ({ result }) => result,
  });
  return {
    dialect: database.dialect,
    db,
    transaction: (run) => database.transaction(run),
    ping: () => database.ping(),
    close: () => database.close(),
  };
}
