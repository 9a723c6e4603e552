import { isDeepStrictEqual } from 'node:util';
import type { AdapterPayload } from 'oidc-provider';
import type { Clock } from '../../../kernel/clock.js';
import type { Participant, Session } from '../../../sessions/session.js';
import { acrOf, strengthOf } from '../../../sessions/strength.js';
import { relyingPartyOfRequest, requestScope } from '../request-scope.js';
import type { ModelStore } from './adapter.js';

/** The cookie value the library sees while a session of ours is in force; it never reaches a browser. */
export const VIEW_ID = 'session-view';

/**
 * The library's Session as a view of ours: reading projects the session of this request, writing keeps only which
 * clients were entered. Destroying does nothing: the library also destroys when it merely changes an id; ending a
 * session is `logout/`'s work.
 */
export function createSessionView(deps: { clock: Clock }): ModelStore {
  return {
    find() {
      const { session, forDevice, deviceForm } = requestScope();
      const state = deviceForm === null ? {} : { state: { secret: deviceForm } };
      if (session !== null) return Promise.resolve({ ...viewOf(session.session), ...state });
      return Promise.resolve(forDevice ? { ...nobodys(deps.clock), ...state } : undefined);
    },
    // Nothing is written here: the request's writes leave together at its end.
    upsert(_id, payload) {
      const { session, entered } = requestScope();
      if (session !== null) {
        Object.assign(entered, newParticipants(payload, session.session, deps.clock.now()));
      }
      return Promise.resolve();
    },
  };
}

/** A session that nobody is signed in to: the library wants one to keep the secret of a form in. */
function nobodys(clock: Clock): AdapterPayload {
  const now = Math.floor(clock.now() / 1000);
  return { kind: 'Session', jti: VIEW_ID, uid: VIEW_ID, iat: now, exp: now + 3600 };
}

function viewOf(session: Session): AdapterPayload {
  const strength = strengthOf(session.events);
  const authorizations: Record<string, { sid: string; grantId: string }> = {};
  for (const participant of Object.values(session.participants)) {
    if (participant.protocol !== 'oidc') continue;
    const { client, sid, grant } = participant.state;
    authorizations[String(client)] = { sid: String(sid), grantId: String(grant) };
  }
  return {
    kind: 'Session',
    jti: VIEW_ID,
    uid: session.id,
    exp: Math.floor(session.expiresAt / 1000),
    iat: Math.floor(session.startedAt / 1000),
    accountId: session.person,
    loginTs: Math.floor((strength.authTime ?? session.startedAt) / 1000),
    acr: acrOf(strength) ?? '',
    amr: [...strength.amr],
    authorizations,
  };
}

/** Clients the session did not know yet, or knows under another grant. */
function newParticipants(
  payload: AdapterPayload,
  session: Session,
  now: number,
): Record<string, Participant> {
  const changed: Record<string, Participant> = {};
  for (const [client, { sid, grantId }] of Object.entries(payload.authorizations ?? {})) {
    if (sid === undefined || grantId === undefined) continue;
    const key = `oidc:${client}`;
    const known = session.participants[key];
    const offline = known?.state['offline'] === true || requestScope().offline.has(client);
    const state = { client, sid, grant: grantId, offline };
    if (known !== undefined && isDeepStrictEqual(known.state, state)) continue;
    changed[key] = {
      protocol: 'oidc',
      relyingParty: relyingPartyOfRequest(),
      since: known?.since ?? now,
      state,
    };
  }
  return changed;
}
