import { Router, type Request, type Response } from 'express';
import type { InboundMessage } from '../../../saml-core/received.js';
import { readForm } from '../../../web/forms.js';
import { only, rawQuery } from '../../../web/request-line.js';
import type { Exchange } from '../issuing/answers.js';
import { entityOf, FORM_LIMIT } from '../saml-address.js';
import type { SamlEntity } from '../saml-entity.js';
import { arrive, type ArriveDeps } from './arrive.js';
import type { AuthnFlow } from './authn-flow.js';
import { enterService } from './enter-service.js';
import type { ParkedFlows } from './parked-flows.js';
import { receiveAuthnRequest } from './receive-authn-request.js';
import { servedFlow } from './served-flow.js';
import { entryOf } from './sign-in-request-of.js';
import { startFromHere } from './start-from-here.js';

export interface SsoDeps extends ArriveDeps {
  parked: ParkedFlows;
}

const SSO_PATHS = ['/saml/sso', '/saml/:issuer/sso'];

/** The HTTP edge of single sign-on: which message came by which binding, and what goes on where. */
export function createSsoRoutes(deps: SsoDeps): Router {
  const router = Router({ caseSensitive: true, strict: true });
  const exchangeOf = (request: Request, response: Response): Exchange => ({
    request,
    response,
    clientAddress: deps.circumstances(request).clientAddress,
  });

  router.all(SSO_PATHS, only('GET', 'POST'));
  router.all(['/saml/continue/:handle', '/saml/arrive/:id', '/saml/start/:party'], only('GET'));

  router.get(SSO_PATHS, async (request, response, next) => {
    const entity = entityOf(deps, request);
    if (entity === null) {
      next();
      return;
    }
    const exchange = exchangeOf(request, response);
    const raw = rawQuery(request);
    const received = await receive(deps, exchange, entity, { binding: 'redirect', rawQuery: raw });
    if (received === null) return;
    const flow = withHint(received.flow, new URLSearchParams(raw));
    await enterService(deps, exchange, { ...received, flow });
  });

  router.post(SSO_PATHS, async (request, response, next) => {
    const entity = entityOf(deps, request);
    if (entity === null) {
      next();
      return;
    }
    const exchange = exchangeOf(request, response);
    const query = new URLSearchParams(rawQuery(request));
    if ([...query.keys()].some((name) => messageParameters.has(name))) {
      // Otherwise one message could stand in the query and another in the form.
      const detail = 'query-and-form';
      await deps.answers.refuse(exchange, 'request_invalid', { entry: 'saml.sso', detail });
      return;
    }
    const fields = await readForm(request, { limit: FORM_LIMIT });
    const received = await receive(deps, exchange, entity, { binding: 'post', fields });
    if (received === null) return;
    const handle = await deps.parked.park(withHint(received.flow, query));
    response.setHeader('Cache-Control', 'no-store');
    response.redirect(303, deps.publicUrl.path(`/saml/continue/${handle}`));
  });

  router.get('/saml/continue/:handle', async (request, response) => {
    const exchange = exchangeOf(request, response);
    const entry = 'saml.continue';
    const flow = await deps.parked.take(request.params.handle);
    if (flow === null) {
      const home = deps.publicUrl.path('/');
      await deps.answers.refuse(exchange, 'sign_in_expired', { entry }, home);
      return;
    }
    const found = servedFlow(deps, flow);
    if (found.ok) {
      await enterService(deps, exchange, found.served);
      return;
    }
    const facts = { entry, relyingParty: flow.party, detail: found.detail };
    await deps.answers.refuse(exchange, found.reason, facts);
  });

  router.get('/saml/arrive/:id', (request, response) =>
    arrive(deps, exchangeOf(request, response), request.params.id),
  );

  router.get('/saml/start/:party', (request, response) => {
    const query = new URLSearchParams(rawQuery(request));
    return startFromHere(deps, exchangeOf(request, response), request.params.party, query);
  });
  return router;
}

/** A message that is good; `null` when the browser has been answered, because it was not. */
async function receive(
  deps: SsoDeps,
  exchange: Exchange,
  entity: SamlEntity,
  inbound: InboundMessage,
) {
  const received = await receiveAuthnRequest(deps, entity, inbound);
  if (received.outcome === 'refused') {
    const { reason, refusal, detail, relyingParty, sender } = received;
    await deps.answers.refuse(exchange, reason, {
      entry: 'saml.sso',
      relyingParty,
      refusal,
      detail: detail.slice(0, LONGEST_NOTE),
      sender: sender?.slice(0, LONGEST_NOTE) ?? null,
    });
    return null;
  }
  const { flow, partner } = received;
  const served = { flow, partner, entity };
  if (received.outcome === 'accepted') return served;
  await deps.answers.fail(exchange, served, received.failure, { entry: entryOf(flow) });
  return null;
}

/** What the bindings know (SAML 2.0 bindings, 3.4.4.1). */
const messageParameters: ReadonlySet<string> = new Set([
  'SAMLRequest',
  'SAMLResponse',
  'SAMLEncoding',
  'SAMLart',
  'RelayState',
  'SigAlg',
  'Signature',
]);

/** Entra names whom it means beside its request; that prefills a field, and asks who is here as somebody else. */
function withHint(flow: AuthnFlow, query: URLSearchParams): AuthnFlow {
  const [loginHint = '', ...more] = [...query.getAll('username'), ...query.getAll('login_hint')];
  const isHint = loginHint !== '' && more.length === 0 && loginHint.length <= LONGEST_NOTE;
  return isHint ? { ...flow, loginHint } : flow;
}

const LONGEST_NOTE = 200;
