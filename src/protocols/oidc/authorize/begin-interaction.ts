import type { KoaContextWithOIDC } from 'oidc-provider';
import type { JsonObject } from '../../../login/sign-in-request.js';
import { readSignInId, type SignIns } from '../../../login/sign-ins.js';
import type { RelyingParty } from '../../../relying-parties/relying-party.js';
import { requestScope } from '../request-scope.js';
import { isDeviceRoute } from '../device/device-routes.js';
import { askedScopes } from './asked-scopes.js';
import { browserHashOf } from './consent-pages.js';
import type { Consents } from './consents.js';
import { signInRequestOf } from './sign-in-request-of.js';

/** Where the library sends the browser when it must stop: to a sign-in, or to the consent page. */
export function createInteractionUrl(deps: {
  signIns: SignIns;
  consents: Consents;
  relyingPartyOf: (ctx: KoaContextWithOIDC) => RelyingParty;
  path: (path: string) => string;
}): (ctx: KoaContextWithOIDC, prompt: string, uid: string) => Promise<string> {
  return async (ctx, prompt, uid) => {
    const scope = requestScope();
    const relyingParty = deps.relyingPartyOf(ctx);
    const interaction = scope.interaction ?? {};
    const continueAt = `/${isDeviceRoute(ctx.oidc.route) ? 'device' : 'authorize'}/${uid}`;
    if (prompt === 'consent') {
      if (scope.person === null) throw new Error('consent was asked of nobody');
      await deps.consents.ask(uid, {
        interaction,
        continueAt,
        browserHash: browserHashOf(scope.browserSecret),
        person: scope.person.id,
        relyingParty: relyingParty.id,
        clientId: ctx.oidc.client?.clientId ?? '',
        scopes: askedScopes(ctx.oidc),
        answer: null,
      });
      return deps.path(`/consent/${uid}`);
    }
    const id = signInIdOf(uid);
    const path = await deps.signIns.begin(
      signInRequestOf(ctx.oidc, relyingParty, {
        continueAt,
        protocolState: { interaction: interaction as JsonObject },
      }),
      {
        browserSecret: scope.browserSecret,
        session: scope.session?.session ?? null,
        circumstances: scope.circumstances,
        ...(id === null ? {} : { id }),
      },
    );
    return deps.path(path);
  };
}

/** A sign-in carries the id of the library's interaction, so that either finds the other. */
export function signInIdOf(uid: string) {
  return readSignInId(`sgn_${uid}`);
}
