import type { Request, Response } from 'express';
import type { AuditLog, AuditReference } from '../audit/audit-log.js';
import { requestRefused } from '../audit/events/sign-in-events.js';
import { DrawbridgeError } from '../kernel/errors.js';
import { FormRefused } from '../web/form-errors.js';
import type { Caller } from './caller.js';
import { HelpDeskProblem, isProblemReason } from './problem.js';

export interface AnswerDeps {
  audit: Pick<AuditLog, 'record'>;
  clientAddress: (request: Request) => string;
  onError: (error: unknown, path: string) => void;
  /** Told of every error, to raise the alarm when a store is away. */
  noticed: (error: unknown) => void;
}

export function sendJson(response: Response, status: number, body: object): void {
  send(response, status, 'application/json', body);
}

/** Whatever went wrong: problem details (RFC 9457), with an audit row where something was asked of us. */
export async function sendProblem(
  deps: AnswerDeps,
  request: Request,
  response: Response,
  error: unknown,
  caller: Caller | null,
): Promise<void> {
  deps.noticed(error);
  const problem = problemOf(error);
  if (problem.reason === 'internal_error') deps.onError(error, request.path);
  const reference = await recorded(deps, request, problem, caller);
  // What is left of the body is not worth reading.
  if (problem.status === 413) response.set('Connection', 'close');
  for (const [name, value] of Object.entries(problem.headers)) {
    response.set(name, typeof value === 'string' ? value : [...value]);
  }
  send(response, problem.status, 'application/problem+json', problem.body(reference));
}

function send(response: Response, status: number, type: string, body: object): void {
  response.status(status).set({
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
    'Cross-Origin-Resource-Policy': 'same-origin',
  });
  // Express would add a charset, which neither type has.
  response.setHeader('Content-Type', type);
  response.end(JSON.stringify(body));
}

function problemOf(error: unknown): HelpDeskProblem {
  if (error instanceof HelpDeskProblem) return error;
  if (error instanceof URIError) {
    return new HelpDeskProblem('request_invalid', { detail: 'the path is not UTF-8' });
  }
  if (error instanceof FormRefused && isProblemReason(error.reason)) {
    const { reason, status, message: detail } = error;
    return new HelpDeskProblem(reason, { status, detail });
  }
  if (error instanceof DrawbridgeError && error.status === 503 && isProblemReason(error.code)) {
    const seconds = String(error.retryAfterSeconds ?? 5);
    return new HelpDeskProblem(error.code, { headers: { 'Retry-After': seconds } });
  }
  return new HelpDeskProblem('internal_error');
}

/** Nothing was asked of us (`null`), or there may be nothing to write to. */
async function recorded(
  deps: AnswerDeps,
  request: Request,
  { reason, status, person, inside, detail }: HelpDeskProblem,
  caller: Caller | null,
): Promise<AuditReference | null> {
  if (status === 503 || (reason === 'not_found' && caller === null)) return null;
  const about = {
    person,
    relyingParty: caller?.relyingParty,
    clientAddress: deps.clientAddress(request),
  };
  const exact = inside ?? detail;
  try {
    return await deps.audit.record(
      requestRefused(about, reason, {
        entry: 'help-desk',
        method: request.method,
        ...(caller === null ? {} : { client: caller.clientId }),
        ...(exact === null ? {} : { detail: exact }),
      }),
    );
  } catch (error) {
    deps.onError(error, request.path);
    return null;
  }
}
