import { Router, type Request, type Response } from 'express';
import { defaultIssuerId } from '../../../issuers/issuers.js';
import type { ParkedValues } from '../../../keys/parked-values.js';
import { readBody } from '../../../web/forms.js';
import { FormRefused } from '../../../web/form-errors.js';
import { only, rawQuery } from '../../../web/request-line.js';
import { refuseActive } from '../active-endpoint.js';
import type { Exchange } from '../issuing/answers.js';
import { receiveSignOut, type AskedSignOut } from '../sign-out/receive-sign-out.js';
import { showCleanup, signOutHere, type SignOutDeps } from '../sign-out/sign-out-routes.js';
import { arrive, type ArriveDeps } from './arrive.js';
import { enterParty } from './enter-party.js';
import { readParameters } from './parameters.js';
import type { Parameters } from './parameter-names.js';
import type { PassiveFlow } from './passive-flow.js';
import { receiveSignIn } from './receive-sign-in.js';
import { servedFlow } from './served-flow.js';
import { ENTRY } from './sign-in-request-of.js';

/** What a message comes to; JSON, it is parked where it was posted. */
export type Asked =
  | { kind: 'sign-in'; flow: PassiveFlow }
  | { kind: 'sign-out'; signOut: AskedSignOut }
  | { kind: 'clean-up' };

export type PassiveDeps = ArriveDeps & SignOutDeps & { parked: ParkedValues<Asked> };

/** A `wctx` of 4 kB with every byte percent-encoded, and what Entra sends beside it. */
const FORM_LIMIT = 32 * 1024;

const PATHS = ['/wsfed', '/wsfed/:issuer'];

/** The HTTP edge: which message came how, and what goes on where. */
export function createPassiveRoutes(deps: PassiveDeps): Router {
  const router = Router({ caseSensitive: true, strict: true });
  const exchangeOf = (request: Request, response: Response): Exchange => ({
    request,
    response,
    clientAddress: deps.clientAddress(request),
  });

  router.all(['/wsfed/active', '/wsfed/:issuer/active'], (request, response, next) => {
    if (issuerOf(deps, request) === null) next();
    else only('POST')(request, response, () => refuseActive(request, response));
  });
  router.all(['/wsfed/continue/:handle', '/wsfed/arrive/:id'], only('GET'));

  router.get('/wsfed/continue/:handle', async (request, response) => {
    const exchange = exchangeOf(request, response);
    const asked = await deps.parked.take(request.params.handle);
    if (asked !== null) {
      await goOn(deps, exchange, asked);
      return;
    }
    const retryUrl = deps.publicUrl.path('/');
    const refusal = { reason: 'sign_in_expired', entry: 'wsfed.continue', retryUrl } as const;
    await deps.answers.refuse(exchange, refusal);
  });

  router.get('/wsfed/arrive/:id', (request, response) =>
    arrive(deps, exchangeOf(request, response), request.params.id),
  );

  router.all(PATHS, (request, response, next) => {
    if (issuerOf(deps, request) === null) next('route');
    else only('GET', 'POST')(request, response, next);
  });
  router.get(PATHS, async (request, response, next) => {
    const issuer = issuerOf(deps, request);
    if (issuer === null) {
      next();
      return;
    }
    const exchange = exchangeOf(request, response);
    const asked = await receive(deps, exchange, issuer, rawQuery(request));
    if (asked !== null) await goOn(deps, exchange, asked);
  });

  router.post(PATHS, async (request, response, next) => {
    const issuer = issuerOf(deps, request);
    if (issuer === null) {
      next();
      return;
    }
    const exchange = exchangeOf(request, response);
    if (rawQuery(request) !== '') {
      // Otherwise one message could stand in the query and another in the form.
      const refusal = {
        reason: 'request_invalid',
        entry: ENTRY,
        detail: 'query-and-form',
      } as const;
      await deps.answers.refuse(exchange, refusal);
      return;
    }
    const asked = await receive(deps, exchange, issuer, await postedForm(request));
    if (asked === null) return;
    const handle = await deps.parked.park(asked);
    response.setHeader('Cache-Control', 'no-store');
    response.redirect(303, deps.publicUrl.path(`/wsfed/continue/${handle}`));
  });
  return router;
}

/** The issuer a request came to. `default` has its addresses without its name, and only those. */
function issuerOf({ issuers }: Pick<PassiveDeps, 'issuers'>, { params }: Request): string | null {
  const { issuer = defaultIssuerId } = params;
  if (params['issuer'] === defaultIssuerId || Array.isArray(issuer)) return null;
  return issuers.byId(issuer) === null ? null : issuer;
}

/** What a message comes to; `null` when the browser has been answered, because it may not be believed. */
async function receive(
  deps: PassiveDeps,
  exchange: Exchange,
  issuer: string,
  raw: string,
): Promise<Asked | null> {
  const invalid = async (detail: string) => {
    await deps.answers.refuse(exchange, { reason: 'request_invalid', entry: ENTRY, detail });
    return null;
  };
  const read = readParameters(raw);
  if (!read.ok) return invalid(read.detail);
  const { parameters } = read;
  switch (parameters.wa) {
    case 'wsignin1.0':
      return receiveIn(deps, exchange, issuer, parameters);
    case 'wsignout1.0':
      return { kind: 'sign-out', signOut: receiveSignOut(deps.parties, parameters) };
    case 'wsignoutcleanup1.0':
      return { kind: 'clean-up' };
    default:
      return invalid('wa');
  }
}

async function receiveIn(
  deps: PassiveDeps,
  exchange: Exchange,
  issuer: string,
  parameters: Parameters,
): Promise<Asked | null> {
  const received = receiveSignIn(deps, parameters, {
    issuer,
    isDefault: issuer === defaultIssuerId,
    now: deps.clock.now(),
  });
  if (received.outcome === 'accepted') return { kind: 'sign-in', flow: received.flow };
  const { reason, detail, relyingParty } = received;
  await deps.answers.refuse(exchange, { reason, detail, relyingParty, entry: ENTRY });
  return null;
}

async function goOn(deps: PassiveDeps, exchange: Exchange, asked: Asked): Promise<void> {
  switch (asked.kind) {
    case 'sign-out':
      return signOutHere(deps, exchange, asked.signOut);
    case 'clean-up':
      return showCleanup(deps, exchange);
    case 'sign-in': {
      const found = servedFlow(deps, asked.flow);
      if (found.ok) return enterParty(deps, exchange, found.at);
      const { reason, detail } = found;
      const relyingParty = asked.flow.party;
      return deps.answers.refuse(exchange, { reason, detail, entry: ENTRY, relyingParty });
    }
  }
}

/** As it was sent: names that nobody here knows may look like anything. */
async function postedForm(request: Request): Promise<string> {
  const type = (request.headers['content-type'] ?? '').toLowerCase().replace(/\s/g, '');
  if (!/^application\/x-www-form-urlencoded(;charset="?utf-8"?)?$/.test(type)) {
    throw new FormRefused('request_invalid', 415, 'the body is not an urlencoded form in UTF-8');
  }
  return (await readBody(request, FORM_LIMIT)).toString('latin1');
}
