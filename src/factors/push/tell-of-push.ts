import { deviceLocked, signInDisowned } from '../../audit/events/device-events.js';
import type { AuditLog } from '../../audit/audit-log.js';
import { notifyOfDevice } from '../../devices/device-notice.js';
import type { Profile } from '../../devices/profile.js';
import type { Outbox } from '../../jobs/outbox.js';
import type { Clock } from '../../kernel/clock.js';
import type { EphemeralStore } from '../../storage/ephemeral/ephemeral-store.js';
import type { Queryable, SqlDatabase } from '../../storage/sql/sql-database.js';
import type { PhoneChallengesDeps } from './create-phone-challenges.js';
import { pushLimits } from './push-limits.js';

/** Audit rows and mails for what the person and the help desk must hear of. */
export function createTellOfPush(deps: {
  database: SqlDatabase;
  store: EphemeralStore;
  audit: Pick<AuditLog, 'recordIn'>;
  outbox: Outbox;
  clock: Clock;
  tellHelpDesk: (tx: Queryable, name: string, detail: string) => Promise<void>;
}): PhoneChallengesDeps['tell'] {
  const { database, store, audit, outbox, clock, tellHelpDesk } = deps;

  return {
    async locked(profile, clientAddress) {
      const key = `push-lock-told:${profile.id}`;
      const once = { kind: 'set', key, value: '1', ttlMs: 24 * 3_600_000 } as const;
      if (!(await store.commit([once], [{ key, expected: null }]))) return;
      const { person, name: label } = profile;
      await database.transaction(async (tx) => {
        const facts = { ...factsOf(profile), attempts: pushLimits.strikes };
        await audit.recordIn(tx, deviceLocked({ person, clientAddress }, facts));
        const notice = { template: 'phone-locked', at: clock.now(), label } as const;
        await notifyOfDevice(outbox, tx, person, notice);
      });
    },

    async notMe(profile, { id: challenge, relyingParty, place, browser, service }, clientAddress) {
      const { person, name: label } = profile;
      await database.transaction(async (tx) => {
        const facts = { ...factsOf(profile), challenge, place, browser };
        const about = { person, relyingParty, clientAddress };
        await audit.recordIn(tx, signInDisowned(about, facts));
        const notice = { template: 'sign-in-disowned', at: clock.now(), label } as const;
        await notifyOfDevice(outbox, tx, person, { ...notice, service, place });
        const detail = `${person} at ${relyingParty} from ${place}`;
        await tellHelpDesk(tx, 'sign_in_disowned', detail);
      });
    },
  };
}

const factsOf = ({ id, device, name }: Profile) => ({ profile: id, device, label: name });
