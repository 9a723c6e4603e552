import { oidcParty, testConfiguration } from '../../support/start-server.js';
import { allScopes, deskParty } from '../../support/help-desk.js';
import { addPhone } from '../../support/phones.js';
import type { ReferenceAuthenticator } from '../../support/reference-authenticator/reference-authenticator.js';
import { setScene, type Scene, type Somebody } from './scene.js';

/** A resource of somebody else that has a scope of the same name. */
export const OTHER = 'https://api.example/payslips';

export interface DeskScene extends Scene {
  somebodyWithPhone(): Promise<Somebody & { phone: ReferenceAuthenticator }>;
}

const day = { access_token_lifetime: 86_400 };
const grants = ['authorization_code', 'refresh_token', 'client_credentials'] as const;

/** Programs of the help desk of every kind, those that must get nothing among them. */
export async function setDeskScene(): Promise<DeskScene> {
  const scene = await setScene({
    configuration: (url) => ({
      adminMail: 'operators@example.org',
      oidc: {
        ...testConfiguration(url, 0, '/').oidc,
        registration: 'token',
        resources: [
          { identifier: OTHER, scopes: ['help-desk.read'], format: 'opaque' },
          // An operator who opens our own to everybody by mistake.
          { identifier: `${url}/api/help-desk`, scopes: ['help-desk.read'], format: 'jwt' },
        ],
      },
    }),
    relyingParties: [
      deskParty('desk', allScopes, day),
      deskParty('reader', 'help-desk.read', day),
      deskParty('revoker', 'help-desk.revoke', day),
      deskParty('unnamed', undefined, { ...day, scope: undefined }),
      deskParty('limited', 'help-desk.read', day),
      deskParty('greedy', allScopes, day),
      deskParty('stolen', allScopes, day),
      deskParty('bound', allScopes, day),
      oidcParty('both', { grant_types: [...grants], scope: `openid ${allScopes}` }),
      { ...deskParty('outside', allScopes), thirdParty: true },
    ],
  });
  return {
    ...scene,
    async somebodyWithPhone() {
      const who = await scene.somebody({ otp: false });
      const person = await scene.server.drawbridge.parts.directory.find(who.id as never);
      // One address begins no more than twenty activations in ten minutes.
      scene.clock.advance(60_000);
      return { ...who, phone: await addPhone(scene.server, person!) };
    },
  };
}
