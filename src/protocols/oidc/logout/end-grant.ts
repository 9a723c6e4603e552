import type { Clock } from '../../../kernel/clock.js';
import type { ParticipantEnder } from '../../../sessions/end-session.js';
import type { GrantStore } from '../storage/grant-store.js';

/** The end of a session ends what it granted, except where offline access was given. */
export function createGrantEnder(deps: { grants: GrantStore; clock: Clock }): ParticipantEnder {
  return async (participant) => {
    const { grant, offline } = participant.state;
    if (typeof grant === 'string' && offline !== true) {
      await deps.grants.revoke(grant, deps.clock.now());
    }
  };
}
