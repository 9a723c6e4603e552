import type { KoaContextWithOIDC } from 'oidc-provider';
import type { SessionStore } from '../../sessions/session-store.js';
import type { EphemeralStore } from '../../storage/ephemeral/ephemeral-store.js';
import { DrawbridgeError } from '../../kernel/errors.js';
import { flushScope } from './flush-scope.js';
import { withholdSessionCookie } from './present-request.js';
import { requestScope } from './request-scope.js';

/**
 * What happens to the library's answer before it leaves: logout and form posts become pages of ours, the request's
 * writes are committed, and when a dependency did not answer, whatever the library made of that is withdrawn.
 */
export function createAnswerHooks(deps: {
  sessions: SessionStore;
  store: EphemeralStore;
  formPost: (ctx: KoaContextWithOIDC) => void;
  logout: { answer: (ctx: KoaContextWithOIDC) => Promise<void> };
}) {
  return {
    /** Where the library asks for a page that `middleware` replaces as soon as the library is done. */
    answersLater: (ctx: KoaContextWithOIDC): Promise<void> => {
      ctx.body = '';
      return Promise.resolve();
    },
    async middleware(ctx: KoaContextWithOIDC, next: () => Promise<void>): Promise<void> {
      const scope = requestScope();
      scope.ctx = ctx;
      try {
        await next();
        const route = (ctx.oidc as KoaContextWithOIDC['oidc'] | undefined)?.route;
        if (scope.unavailable !== null) throw scope.unavailable;
        if (route === 'end_session' && ctx.status === 200) {
          await deps.logout.answer(ctx);
        } else if (isFormPost(ctx)) {
          deps.formPost(ctx);
        }
        if (route === 'jwks' && ctx.status === 200) {
          ctx.set('Cache-Control', `public, max-age=${JWKS_MAX_AGE_S}`);
        }
        await flushScope(scope, deps);
      } catch (error) {
        if (!(error instanceof DrawbridgeError)) throw error;
        scope.unavailable = error;
        await takeBack(scope.undo);
        withdraw(ctx);
        return;
      }
      withholdSessionCookie(ctx.res);
    },
  };
}

/** Well below the time that a new key is published before it signs. */
const JWKS_MAX_AGE_S = 600;

function isFormPost(ctx: KoaContextWithOIDC): boolean {
  const { route } = ctx.oidc ?? {};
  const answersRequest = route === 'authorization' || route === 'resume';
  return answersRequest && typeof ctx.body === 'string' && ctx.body.includes('<form method="post"');
}

/** What cannot be taken back stays used up: that is the safe side. */
async function takeBack(undo: readonly (() => Promise<void>)[]): Promise<void> {
  await Promise.allSettled(undo.map((step) => step()));
}

/** Nothing of what was being issued leaves; the router hands the request to the error page. */
function withdraw(ctx: KoaContextWithOIDC): void {
  for (const name of ctx.res.getHeaderNames()) ctx.res.removeHeader(name);
  ctx.respond = false;
}
