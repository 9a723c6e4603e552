import { Router, type Request, type Response } from 'express';
import { readForm } from '../../web/forms.js';
import { only, rawQuery } from '../../web/request-line.js';
import type { Exchange } from './answers.js';
import { arrive, type ArriveDeps } from './arrive.js';
import { beginSecondFactor, type BeginDeps } from './begin-second-factor.js';
import { providerMetadata, providerPaths } from './discovery.js';
import type { ParkedRequests } from './parked-requests.js';
import type { ProviderKey } from './provider-keys.js';
import { receiveRequest, type ReceiveDeps } from './receive-request.js';
import { partyAt } from './served-party.js';

export interface RoutesDeps extends ReceiveDeps, ArriveDeps, BeginDeps {
  accounts: ArriveDeps['accounts'];
  directory: ArriveDeps['directory'];
  clock: ArriveDeps['clock'];
  parked: ParkedRequests;
  publishedKeys: () => Promise<ProviderKey[]>;
}

/** A hint with every claim an administrator may add, beside a state of any length we echo. */
const FORM_LIMIT = 64 * 1024;
/** Entra keeps the documents for a day; what lies in a cache between comes on top. */
const CACHE_SECONDS = 300;

/** The HTTP edge: documents for Entra, and the way of a browser through us. */
export function createExternalMfaRoutes(deps: RoutesDeps): Router {
  const router = Router({ caseSensitive: true, strict: true });
  const paths = providerPaths(':party');
  const exchangeOf = (request: Request, response: Response): Exchange => ({
    request,
    response,
    clientAddress: deps.circumstances(request).clientAddress,
  });
  const document = (response: Response, content: unknown): void => {
    const body = Buffer.from(JSON.stringify(content));
    response
      .set({
        'Content-Type': 'application/json; charset=utf-8',
        'Content-Length': String(body.length),
        'Cache-Control': `public, max-age=${CACHE_SECONDS}`,
      })
      .end(body);
  };

  router.all([paths.metadata, paths.keys], only('GET', 'HEAD'));
  router.all(paths.authorize, only('POST'));
  router.all([`${paths.root}/continue/:handle`, `${paths.root}/arrive/:signIn`], only('GET'));

  router.get(paths.metadata, (request, response, next) => {
    const served = partyAt(deps.registry, request.params['party']);
    if (served === null) next();
    else document(response, providerMetadata(deps.publicUrl, served.party.id));
  });

  router.get(paths.keys, async (request, response, next) => {
    const served = partyAt(deps.registry, request.params['party']);
    if (served === null) next();
    else document(response, { keys: (await deps.publishedKeys()).map(({ jwk }) => jwk) });
  });

  router.post(paths.authorize, async (request, response, next) => {
    const served = partyAt(deps.registry, request.params['party']);
    if (served === null) {
      next();
      return;
    }
    const exchange = exchangeOf(request, response);
    if (rawQuery(request) !== '') {
      // Otherwise one request could stand in the query and another in the form.
      const facts = { entry: 'external-mfa.authorize', detail: 'query-and-form' };
      await deps.answers.refuse(exchange, 'request_invalid', facts);
      return;
    }
    const fields = await readForm(request, { limit: FORM_LIMIT });
    await receiveRequest(deps, exchange, served, fields);
  });

  router.get(`${paths.root}/continue/:handle`, async (request, response) => {
    const exchange = exchangeOf(request, response);
    const { party, handle } = request.params as { party: string; handle: string };
    const flow = await deps.parked.take(handle);
    const served = partyAt(deps.registry, party);
    if (flow === null || flow.party !== party) {
      const facts = { entry: 'external-mfa.continue' };
      await deps.answers.refuse(exchange, 'sign_in_expired', facts);
    } else if (served?.party.enabled !== true || served.settings.client_id !== flow.clientId) {
      const facts = { entry: 'external-mfa.continue', relyingParty: party, detail: 'gone' };
      await deps.answers.refuse(exchange, 'unknown_relying_party', facts);
    } else await beginSecondFactor(deps, exchange, served, flow);
  });

  router.get(`${paths.root}/arrive/:signIn`, (request, response) => {
    const { party, signIn } = request.params as { party: string; signIn: string };
    return arrive(deps, exchangeOf(request, response), { party, signIn });
  });
  return router;
}
