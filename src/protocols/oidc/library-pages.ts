import { requestRefused } from '../../audit/events/sign-in-events.js';
import type { KoaContextWithOIDC } from 'oidc-provider';
import type { AuditLog } from '../../audit/audit-log.js';
import type { FailureReason } from '../../audit/failure-reasons.js';
import type { RelyingPartyRegistry } from '../../relying-parties/relying-party.js';
import { failureView } from '../../web/failure-view.js';
import { localeOfUiLocales } from '../../web/locale.js';
import type { ComposedPage, PageSender } from '../../web/send-page.js';
import { requestScope } from './request-scope.js';

/** Our pages in place of the library's. */
export interface LibraryPages {
  /** An error that may not be sent to the relying party, because its address is not proved. */
  error(ctx: KoaContextWithOIDC, out: { error: string }, error: Error): Promise<void>;
  /** `response_mode=form_post`: the same fields on a page of ours, with a button. */
  formPost(ctx: KoaContextWithOIDC): void;
}

export function createLibraryPages(deps: {
  audit: AuditLog;
  pages: PageSender;
  relyingParties: RelyingPartyRegistry;
}): LibraryPages {
  return {
    async error(ctx, out, error) {
      // Another page takes the place of this one, and nothing failed that a row should tell of.
      if (requestScope().unavailable !== null) return;
      requestScope().refusalTold = true;
      const reason = reasonOf(out.error, error);
      const relyingParty = ctx.oidc.client?.['relying_party'];
      const about = {
        relyingParty: typeof relyingParty === 'string' ? relyingParty : null,
        clientAddress: requestScope().circumstances.clientAddress,
      };
      const entry = `oidc.${ctx.oidc.route}`;
      const data = { entry, error: out.error, detail: error.message };
      const reference = await deps.audit.record(requestRefused(about, reason, data));
      const page = deps.pages.compose(ctx.req, ctx.res, 'errors/error', {
        failure: failureView(reason, reference),
        retryUrl: null,
        service: null,
        serviceUrl: null,
      });
      answerWith(ctx, { ...page, status: ctx.status });
    },
    formPost(ctx) {
      const form = formOf(String(ctx.body));
      const relyingParty = deps.relyingParties.byId(String(ctx.oidc.client?.['relying_party']));
      const page = deps.pages.compose(
        ctx.req,
        ctx.res,
        'login/auto-post',
        { ...form, service: relyingParty?.name ?? null },
        {
          formAction: 'anywhere',
          script: true,
          popup: true,
          asked: localeOfUiLocales(ctx.oidc.params?.['ui_locales'] as string | undefined),
        },
      );
      answerWith(ctx, page);
    },
  };
}

export function answerWith(ctx: KoaContextWithOIDC, page: ComposedPage): void {
  ctx.status = page.status;
  ctx.set({ ...page.headers });
  ctx.body = page.body;
}

function reasonOf(code: string, error: Error): FailureReason {
  switch (error.name) {
    case 'InvalidClient':
      return 'unknown_relying_party';
    case 'InvalidRedirectUri':
      return 'redirect_not_registered';
    case 'SessionNotFound':
      return 'sign_in_expired';
    default:
      return code === 'server_error' ? 'internal_error' : 'request_invalid';
  }
}

/** The library builds this page from fixed text and escaped values (its version is pinned), so it reads back exactly. */
function formOf(html: string): { action: string; fields: { name: string; value: string }[] } {
  const action = /<form method="post" action="([^"]*)">/.exec(html)?.[1] ?? '';
  const inputs = html.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)"\/>/g);
  return {
    action: unescape(action),
    fields: [...inputs].map(([, name = '', value = '']) => ({ name, value: unescape(value) })),
  };
}

function unescape(text: string): string {
  return text.replace(/&(amp|lt|gt|quot|#39);/g, (_, name: string) => entities[name] ?? '');
}

const entities: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  '#39': "'",
};
