import { randomToken, type RandomSource } from '../kernel/random.js';
import { oidcSettings } from '../protocols/oidc/client-settings.js';
import type { RelyingParty } from '../relying-parties/relying-party.js';
import type { DemoPolicy, DemoService } from './demo-service.js';

/** A demo service that speaks OpenID Connect. */
export interface OidcDemoService extends DemoService {
  /** Its client id is its `id`. */
  secret: string;
  scope: string;
  /** @param siteUrl origin of the demo site, of this start only */
  relyingParty(siteUrl: string, policy: DemoPolicy): RelyingParty;
}

/** Secrets are new at every start: both sides of them live in this process. */
export function oidcDemoServices(random: RandomSource): OidcDemoService[] {
  return [
    demoService(random, {
      id: 'harbour-notes',
      name: 'Harbour Notes',
      about: 'A service of your own organisation',
      thirdParty: false,
      scope: 'openid profile email groups offline_access',
      grants: ['authorization_code', 'refresh_token'],
    }),
    demoService(random, {
      id: 'tidewater-planner',
      name: 'Tidewater Planner',
      about: 'Somebody else’s service, which asks for your consent first',
      thirdParty: true,
      scope: 'openid profile email',
      grants: ['authorization_code'],
    }),
  ];
}

function demoService(
  random: RandomSource,
  chosen: Pick<OidcDemoService, 'id' | 'name' | 'about' | 'scope'> & {
    thirdParty: boolean;
    grants: string[];
  },
): OidcDemoService {
  const { id, name, about, scope, thirdParty, grants } = chosen;
  const secret = randomToken(random);
  return {
    id,
    name,
    about,
    scope,
    secret,
    relyingParty: (siteUrl, { factors, maxAge }) => ({
      id,
      name,
      protocol: 'oidc',
      homeUrl: `${siteUrl}/${id}/`,
      enabled: true,
      thirdParty,
      policy: { factors, maxAge, allowedFactors: null, groups: null },
      settings: oidcSettings.parse({
        client_id: id,
        client_secret: secret,
        token_endpoint_auth_method: 'client_secret_basic',
        redirect_uris: [`${siteUrl}/${id}/callback`],
        post_logout_redirect_uris: [`${siteUrl}/${id}/signed-out`],
        backchannel_logout_uri: `${siteUrl}/${id}/backchannel-logout`,
        backchannel_logout_session_required: true,
        grant_types: grants,
        scope,
      }),
    }),
  };
}
