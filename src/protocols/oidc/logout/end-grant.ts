import type { Outbox } from '../../../jobs/outbox.js';
import type { Clock } from '../../../kernel/clock.js';
import type { RelyingPartyRegistry } from '../../../relying-parties/relying-party.js';
import type { ParticipantEnder } from '../../../sessions/end-session.js';
import type { SqlDatabase } from '../../../storage/sql/sql-database.js';
import { settingsOf } from '../client-metadata.js';
import type { GrantStore } from '../storage/grant-store.js';
import { BACKCHANNEL_LOGOUT } from './backchannel-logout.js';

/**
 * The end of a session ends what it granted, except where offline access was given, and tells the client if it wants to
 * be told.
 */
export function createGrantEnder(deps: {
  grants: GrantStore;
  clock: Clock;
  registry: RelyingPartyRegistry;
  outbox: Outbox;
  database: SqlDatabase;
}): ParticipantEnder {
  return async (participant, session) => {
    const { grant, offline, sid } = participant.state;
    const revoked =
      typeof grant === 'string' && offline !== true
        ? deps.grants.revoke(grant, deps.clock.now())
        : Promise.resolve();
    const { relyingParty } = participant;
    const party = deps.registry.byId(relyingParty);
    const wantsToKnow = party !== null && settingsOf(party).backchannel_logout_uri !== undefined;
    const told = wantsToKnow
      ? deps.outbox.enqueue(deps.database.db, {
          kind: BACKCHANNEL_LOGOUT,
          payload: { relyingParty, subject: session.person, sid: sid ?? '' },
          onceKey: JSON.stringify([session.id, relyingParty, sid ?? '']),
        })
      : Promise.resolve();
    await Promise.all([revoked, told]);
    return 'told';
  };
}
