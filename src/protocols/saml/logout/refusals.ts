import type { Request, Response } from 'express';
import type { AuditLog, AuditReference } from '../../../audit/audit-log.js';
import { requestRefused } from '../../../audit/events/sign-in-events.js';
import type { FailureReason } from '../../../audit/failure-reasons.js';
import { sendErrorPage } from '../../../web/error-page.js';
import type { PageSender } from '../../../web/send-page.js';

type Facts = { entry: string; relyingParty?: string | null; person?: string } & Record<
  string,
  string | null | undefined
>;

/** What is not done, told exactly in the audit row. */
export interface LogoutRefusals {
  tellRefusal(request: Request, reason: FailureReason, facts: Facts): Promise<AuditReference>;
  /** With a page of ours, which is vague; nothing goes anywhere else. */
  refuse(request: Request, response: Response, reason: FailureReason, facts: Facts): Promise<void>;
}

export function createLogoutRefusals(deps: {
  audit: Pick<AuditLog, 'record'>;
  clientAddress: (request: Request) => string;
  pages: PageSender;
}): LogoutRefusals {
  const tellRefusal: LogoutRefusals['tellRefusal'] = (request, reason, facts) => {
    const { entry, relyingParty, person, refusal, detail, sender } = facts;
    const about = { person, relyingParty, clientAddress: deps.clientAddress(request) };
    const told = { refusal, detail, sender };
    const data = Object.fromEntries(
      Object.entries(told).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
    );
    return deps.audit.record(requestRefused(about, reason, { entry, ...data }));
  };
  return {
    tellRefusal,
    async refuse(request, response, reason, facts) {
      const reference = await tellRefusal(request, reason, facts);
      response.setHeader('Cache-Control', 'no-store');
      sendErrorPage(deps.pages, request, response, { reason, reference });
    },
  };
}
