import type { Request, RequestHandler, Response } from 'express';
import { readJsonBody } from '../web/json-body.js';
import { sendJson, sendProblem, type AnswerDeps } from './answers.js';
import type { BudgetName, Budgets } from './budgets.js';
import { readCaller, type Caller, type CallerDeps } from './caller.js';
import type { HelpDeskScope } from './help-desk-resource.js';
import { HelpDeskProblem } from './problem.js';

/** A request whose caller may make it. */
export interface Call {
  caller: Caller;
  /** Of the path. */
  param(name: string): string;
  /** `undefined`: there is none. */
  body: unknown;
  /** @throws HelpDeskProblem 429 */
  spend(budget: BudgetName, amount?: number): Promise<void>;
}

export type Work = (call: Call) => Promise<{ status: number; body: object }>;

export interface EndpointDeps extends CallerDeps, AnswerDeps {
  budgets: Budgets;
  /** Tells operators at once; must not throw. */
  tellOperators: (name: string, detail: string) => void;
}

/** Bytes. Enough for everything but lists of people. */
const SMALL_BODY = 4 * 1024;

/** Who calls is judged before anything of the request is looked at, and the budget before anything is done. */
export type Endpoint = (
  scopes: readonly HelpDeskScope[],
  work: Work,
  options?: { bodyLimit?: number },
) => RequestHandler;

export const createEndpoint =
  (deps: EndpointDeps): Endpoint =>
  (scopes, work, { bodyLimit = SMALL_BODY } = {}) =>
  async (request, response): Promise<void> => {
    let caller: Caller | null = null;
    try {
      caller = await readCaller(deps, request, scopes);
      const spend = spending(deps, caller);
      await spend('requests');
      refuseQuery(request);
      const body = request.method === 'POST' ? await readJsonBody(request, bodyLimit) : undefined;
      const param = (name: string) => String(request.params[name]);
      const answer = await work({ caller, param, body, spend });
      sendJson(response, answer.status, answer.body);
    } catch (error) {
      await sendProblem(deps, request, response, error, caller);
    }
  };

/** 405 with `Allow` (RFC 9110, 15.5.6). */
export const onlyMethods =
  (deps: AnswerDeps, allowed: string) =>
  (request: Request, response: Response): Promise<void> => {
    const detail = 'the method is not one of those in Allow';
    const problem = new HelpDeskProblem('request_invalid', {
      status: 405,
      detail,
      headers: { Allow: allowed },
    });
    return sendProblem(deps, request, response, problem, null);
  };

const spending =
  ({ budgets, tellOperators }: EndpointDeps, { clientId }: Caller): Call['spend'] =>
  async (budget, amount) => {
    const spent = await budgets.spend(clientId, budget, amount);
    if (spent.ok) return;
    if (spent.firstInWindow) {
      tellOperators('help_desk_over_limit', `client ${clientId} wants more than its ${budget}`);
    }
    const seconds = Math.max(1, Math.ceil(spent.retryAfterMs / 1_000));
    throw new HelpDeskProblem('client_over_limit', {
      detail: `No more ${budget} for now`,
      inside: budget,
      headers: { 'Retry-After': String(seconds) },
    });
  };

/** There is nothing to say there; a token least of all (RFC 6750, 5.3). */
function refuseQuery(request: Request): void {
  if (!request.url.includes('?')) return;
  throw new HelpDeskProblem('request_invalid', { detail: 'there are no query parameters' });
}
