import type { JobBody } from '../../../jobs/outbox.js';
import type { Clock } from '../../../kernel/clock.js';
import type { RandomSource } from '../../../kernel/random.js';
import type { KeyStore } from '../../../keys/key-store.js';
import type { RelyingPartyRegistry } from '../../../relying-parties/relying-party.js';
import type { GuardedRequest } from '../../../web/guarded-request.js';
import { settingsOf } from '../client-metadata.js';
import { createLogoutToken } from './logout-token.js';

export const BACKCHANNEL_LOGOUT = 'backchannel-logout';

/**
 * Posts a logout token to a client that a session had entered. The token is made when it is sent, so that one which is
 * tried again later is fresh and signed by a key that is still published. Throws to be tried again; a client that has
 * gone meanwhile, or wants no calls any more, has nothing left to be told.
 */
export function createBackchannelLogout(deps: {
  registry: RelyingPartyRegistry;
  keys: KeyStore;
  issuer: string;
  clock: Clock;
  random: RandomSource;
  send: GuardedRequest;
}): JobBody {
  return {
    kind: BACKCHANNEL_LOGOUT,
    async run({ relyingParty, subject, sid }) {
      const party = deps.registry.byId(String(relyingParty));
      if (party === null || party.protocol !== 'oidc') return;
      const settings = settingsOf(party);
      const address = settings.backchannel_logout_uri;
      if (address === undefined) return;
      const key = deps.keys
        .keys('default', 'oidc')
        .find(({ algorithm }) => algorithm === settings.id_token_signed_response_alg);
      if (key === undefined) throw new Error('there is no key to sign with');
      const token = await createLogoutToken(
        {
          issuer: deps.issuer,
          clientId: settings.client_id,
          subject: String(subject),
          // A client that was told no sid in its ID tokens could not tell which session is meant.
          sid: settings.backchannel_logout_session_required ? String(sid) : null,
        },
        key,
        deps,
      );
      const { status } = await deps.send(address, {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams({ logout_token: token }).toString(),
      });
      if (status !== 200 && status !== 204) throw new Error(`the service answered ${status}`);
    },
  };
}
