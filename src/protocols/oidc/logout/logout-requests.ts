import type { KoaContextWithOIDC } from 'oidc-provider';
import { randomToken, type RandomSource } from '../../../kernel/random.js';
import type { PublicUrl } from '../../../config/public-url.js';
import type { Sealer } from '../../../keys/sealer.js';
import { DONE_PATH, type SignOut } from '../../../logout/sign-out.js';
import type { EphemeralStore } from '../../../storage/ephemeral/ephemeral-store.js';
import type { BrowserSecrets } from '../../../web/browser-secret.js';
import type { Cookies } from '../../../web/cookies.js';
import { requestScope } from '../request-scope.js';
import { afterLogout, savePendingLogout, type PendingLogout } from './pending-logout.js';

export interface LogoutRequestDeps {
  browserSecrets: BrowserSecrets;
  cookies: Cookies;
  store: EphemeralStore;
  sealer: Sealer;
  random: RandomSource;
  publicUrl: PublicUrl;
  signOut: SignOut;
}

/**
 * A logout asked for by a relying party (OpenID Connect RP-Initiated Logout 1.0), after the library has checked the
 * hint and the return address. With an id_token_hint of the person who is signed in nobody needs to be asked: the
 * relying party proved that it knows them. Without one the person confirms, since anybody can make a browser load an
 * address. Nobody signed in: straight back.
 */
export function createLogoutRequests(deps: LogoutRequestDeps): {
  answer: (ctx: KoaContextWithOIDC) => Promise<void>;
} {
  return {
    async answer(ctx) {
      const { session, person, circumstances } = requestScope();
      const pending = pendingOf(ctx);
      const hint = ctx.oidc.entities.IdTokenHint as { payload: { sub?: string } } | undefined;
      const hinted = hint?.payload.sub !== undefined && hint.payload.sub === person?.id;
      if (session !== null && !hinted) {
        const handle = randomToken(deps.random, 128);
        await savePendingLogout(deps, handle, pending);
        redirect(ctx, deps.publicUrl.path(`/logout/confirm/${handle}`));
        return;
      }
      if (session === null && deps.browserSecrets.read(ctx.req) === null) {
        redirect(ctx, pending.returnTo ?? deps.publicUrl.path(DONE_PATH));
        return;
      }
      const { to } = await deps.signOut({
        current: session?.session ?? null,
        browserSecret: deps.browserSecrets.readOrCreate(ctx.req, ctx.res),
        clientAddress: circumstances.clientAddress,
        after: afterLogout(pending),
      });
      if (session !== null) deps.cookies.clear(ctx.res, 'session');
      redirect(ctx, to);
    },
  };
}

function pendingOf(ctx: KoaContextWithOIDC): PendingLogout {
  const { state } = ctx.oidc.session as unknown as {
    state?: { postLogoutRedirectUri?: string; state?: string };
  };
  const relyingParty = ctx.oidc.client?.['relying_party'];
  return {
    relyingParty: typeof relyingParty === 'string' ? relyingParty : null,
    returnTo:
      state?.postLogoutRedirectUri === undefined
        ? null
        : withState(state.postLogoutRedirectUri, state.state),
  };
}

function withState(uri: string, state: string | undefined): string {
  const url = new URL(uri);
  if (state !== undefined) url.searchParams.set('state', state);
  return url.href;
}

function redirect(ctx: KoaContextWithOIDC, to: string): void {
  ctx.status = 303;
  ctx.redirect(to);
}
