import { requestRefused } from '../audit/events/sign-in-events.js';
import type { IncomingMessage } from 'node:http';
import type { ErrorRequestHandler, RequestHandler } from 'express';
import type { AuditLog, AuditReference } from '../audit/audit-log.js';
import { failureReasons, type FailureReason } from '../audit/failure-reasons.js';
import type { Logger } from '../audit/log-writer.js';
import { DrawbridgeError } from '../kernel/errors.js';
import { sendErrorPage } from '../web/error-page.js';
import { FormRefused } from '../web/form-errors.js';
import type { DependencyWatch } from './dependency-watch.js';
import type { PageSender } from '../web/send-page.js';

export interface BoundaryDeps {
  audit: AuditLog;
  logger: Logger;
  dependencies: Pick<DependencyWatch, 'noticed'>;
  pages: PageSender;
  clientAddress: (request: IncomingMessage) => string;
}

/** The last stop of every request that failed: exact in the log, vague on the page, joined by a reference. */
export function errorBoundary(deps: BoundaryDeps): ErrorRequestHandler {
  return async (error: unknown, request, response, next) => {
    if (response.headersSent) {
      deps.logger.error('http.failed_after_headers', { path: request.path }, error);
      next(error);
      return;
    }
    const reason = reasonOf(error);
    const status = statusOf(error);
    if (status === 500) deps.logger.error('http.failed', { path: request.path }, error);
    deps.dependencies.noticed(error);
    const reference = await record(deps, reason, request.path, deps.clientAddress(request));
    const retryAfterSeconds =
      error instanceof DrawbridgeError ? error.retryAfterSeconds : undefined;
    if (status === 413) response.set('Connection', 'close');
    if (request.accepts(['json', 'html']) === 'html') {
      sendErrorPage(deps.pages, request, response, {
        reason,
        reference,
        status,
        retryAfterSeconds,
      });
      return;
    }
    if (retryAfterSeconds !== undefined) response.set('Retry-After', String(retryAfterSeconds));
    response
      .status(status)
      .set('Cache-Control', 'no-store')
      .json({ error: status === 503 ? 'temporarily_unavailable' : reason, reference });
  };
}

/** For paths nobody serves. */
export function notFound(deps: Pick<BoundaryDeps, 'pages'>): RequestHandler {
  return (request, response) => {
    const known =
      request.method === 'GET' || request.method === 'HEAD' || request.method === 'POST';
    if (!known) {
      response.status(405).set('Allow', 'GET, HEAD, POST').end();
      return;
    }
    sendErrorPage(deps.pages, request, response, { reason: 'not_found', reference: null });
  };
}

function reasonOf(error: unknown): FailureReason {
  if (error instanceof FormRefused) return error.reason;
  if (error instanceof URIError) return 'request_invalid';
  const code = error instanceof DrawbridgeError ? error.code : '';
  if (code === 'session_ended') return 'session_ended';
  return code in failureReasons ? (code as FailureReason) : 'internal_error';
}

function statusOf(error: unknown): number {
  if (error instanceof DrawbridgeError) return error.status;
  return error instanceof URIError ? 400 : 500;
}

/** A failure of the database itself cannot be recorded there; the log has it. */
async function record(
  deps: BoundaryDeps,
  reason: FailureReason,
  path: string,
  clientAddress: string,
): Promise<AuditReference | null> {
  if (reason === 'service_unavailable' || reason === 'overloaded') return null;
  try {
    const entry = path.split('/')[1]?.slice(0, 32) ?? '';
    return await deps.audit.record(requestRefused({ clientAddress }, reason, { entry }));
  } catch (error) {
    deps.logger.error('http.failure_not_recorded', { reason }, error);
    return null;
  }
}
