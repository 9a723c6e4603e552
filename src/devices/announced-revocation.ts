import type { AuditLog } from '../audit/audit-log.js';
import type { Outbox } from '../jobs/outbox.js';
import type { Clock } from '../kernel/clock.js';
import { announce } from '../storage/sql/change-feed.js';
import type { Queryable } from '../storage/sql/sql-database.js';
import type { CodeCredentials } from './code-credentials.js';
import { createRevocation } from './create-revocation.js';
import type { Revocation } from './device-store.js';
import { devicesChanged } from './devices-changed.js';
import type { RevocationEnds } from './void-what-it-opened.js';

/** For a process that can send no signals (the command line): running servers hear of it by the change feed. */
export function createAnnouncedRevocation(deps: {
  audit: Pick<AuditLog, 'recordIn'>;
  outbox: Outbox;
  clock: Clock;
  removeCodes: CodeCredentials['remove'];
  ends: RevocationEnds;
}): Revocation {
  const { clock } = deps;
  const codes = { remove: deps.removeCodes };
  const revocation = createRevocation({ ...deps, codes, onRevoked: () => Promise.resolve() });
  const announced = async <Value>(tx: Queryable, work: Promise<Value>): Promise<Value> => {
    const done = await work;
    await announce(tx, devicesChanged, clock);
    return done;
  };
  return {
    revokeProfile: (tx, id, by) => announced(tx, revocation.revokeProfile(tx, id, by)),
    revokeDevice: (tx, person, id, by) =>
      announced(tx, revocation.revokeDevice(tx, person, id, by)),
    revokeAll: (tx, person, by) => announced(tx, revocation.revokeAll(tx, person, by)),
  };
}
