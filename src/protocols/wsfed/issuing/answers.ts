import type { Request, Response } from 'express';
import type { AuditLog } from '../../../audit/audit-log.js';
import { requestRefused } from '../../../audit/events/sign-in-events.js';
import type { FailureReason } from '../../../audit/failure-reasons.js';
import { sendErrorPage } from '../../../web/error-page.js';
import type { PageSender } from '../../../web/send-page.js';
import type { ServedFlow } from '../passive/served-flow.js';
import type { WsFedParty } from '../wsfed-parties.js';

export interface Exchange {
  request: Request;
  response: Response;
  clientAddress: string;
}

export interface Refusal {
  reason: FailureReason;
  entry: string;
  /** Exact, for the audit row. */
  detail?: string;
  relyingParty?: string | null;
  person?: string;
  retryUrl?: string;
}

export type Answers = ReturnType<typeof createAnswers>;

/** How browsers leave: with a token for the relying party, or with a page of ours. */
export function createAnswers(deps: { audit: Pick<AuditLog, 'record'>; pages: PageSender }) {
  return {
    /** A form that posts itself (WS-Federation 1.2, 13.2.3). */
    post({ request, response }: Exchange, { flow, served }: ServedFlow, wresult: string): void {
      const fields = [
        { name: 'wa', value: 'wsignin1.0' },
        { name: 'wresult', value: wresult },
        ...(flow.context === null ? [] : [{ name: 'wctx', value: flow.context }]),
      ];
      deps.pages.send(
        request,
        response,
        'login/auto-post',
        { action: flow.reply, fields, service: served.party.name },
        // The answer is not to be had a second time, so other languages of this page lead home.
        { formAction: 'anywhere', script: true, popup: true, path: '/' },
      );
    },

    /** A page of ours, and the row that tells what happened. Nothing goes anywhere else. */
    async refuse({ request, response, clientAddress }: Exchange, refusal: Refusal): Promise<void> {
      const { reason, relyingParty, person, retryUrl = null, entry, detail } = refusal;
      const about = { person, relyingParty, clientAddress };
      const data = { entry, ...(detail === undefined ? {} : { detail }) };
      const reference = await deps.audit.record(requestRefused(about, reason, data));
      sendErrorPage(deps.pages, request, response, { reason, reference, retryUrl });
    },

    /** The page for what has its row already: the protocol has no word for a sign-in that did not succeed. */
    tell(
      { request, response }: Exchange,
      { party }: WsFedParty,
      { reason, reference }: { reason: FailureReason; reference: string | null },
    ): void {
      const { name: service, homeUrl: serviceUrl } = party;
      sendErrorPage(deps.pages, request, response, { reason, reference, service, serviceUrl });
    },
  };
}
