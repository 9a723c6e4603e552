import type { ServerResponse } from 'node:http';
import type { FailureReason } from '../audit/failure-reasons.js';
import { failureStatus } from './failure-status.js';
import { failureView } from './failure-view.js';
import type { PageRequest, PageSender } from './send-page.js';

export interface ErrorPage {
  reason: FailureReason;
  /** Of the audit row that tells what happened; `null` when none could be written. */
  reference: string | null;
  /** When absent, what `failureStatus` says. */
  status?: number;
  retryAfterSeconds?: number | undefined;
  /** Where starting again can help; complete path or URL of ours. */
  retryUrl?: string | null;
  /** The service the person came from and its page, only when both are verified; without a name the page is our own. */
  service?: string | null;
  serviceUrl?: string | null;
}

/** Shows why something did not happen and what the person can do now. Never redirects. */
export function sendErrorPage(
  pages: PageSender,
  request: PageRequest,
  response: ServerResponse,
  error: ErrorPage,
): void {
  if (error.retryAfterSeconds !== undefined) {
    response.setHeader('Retry-After', String(error.retryAfterSeconds));
  }
  pages.send(
    request,
    response,
    'errors/error',
    {
      failure: failureView(error.reason, error.reference),
      retryUrl: error.retryUrl ?? null,
      service: error.service ?? null,
      serviceUrl: error.serviceUrl ?? null,
    },
    { status: error.status ?? failureStatus(error.reason), popup: true },
  );
}
