import type { KoaContextWithOIDC } from 'oidc-provider';
import type { AuditLog } from '../../audit/audit-log.js';
import { requestRefused } from '../../audit/events/sign-in-events.js';
import type { SessionStore } from '../../sessions/session-store.js';
import type { EphemeralStore } from '../../storage/ephemeral/ephemeral-store.js';
import { DrawbridgeError } from '../../kernel/errors.js';
import { flushScope } from './flush-scope.js';
import { withholdSessionCookie } from './present-request.js';
import { relyingPartyOfRequest, requestScope, type OidcRequestScope } from './request-scope.js';

/**
 * What happens to the library's answer before it leaves: logout and form posts become pages of ours, the request's
 * writes are committed, and when a dependency did not answer, whatever the library made of that is withdrawn.
 */
export function createAnswerHooks(deps: {
  audit: Pick<AuditLog, 'record'>;
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
        await tellRefusal(scope, ctx, deps.audit);
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

/**
 * Refusals that go back to a relying party instead of to a page of ours: a guessed secret, a code that is none, a
 * request that makes no sense. That somebody who is not asked is not signed in, or what ended a sign-in, is no such.
 */
async function tellRefusal(
  scope: OidcRequestScope,
  ctx: KoaContextWithOIDC,
  audit: Pick<AuditLog, 'record'>,
): Promise<void> {
  const { refused, refusalTold, resumed, circumstances } = scope;
  if (refused === null || refusalTold || resumed !== null || quietErrors.has(refused)) return;
  const about = {
    relyingParty: relyingPartyOfRequest() || null,
    clientAddress: circumstances.clientAddress,
  };
  const data = { entry: `oidc.${ctx.oidc.route}`, error: refused };
  await audit.record(requestRefused(about, 'request_invalid', data));
}

const quietErrors: ReadonlySet<string> = new Set([
  'login_required',
  'consent_required',
  'interaction_required',
]);

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
