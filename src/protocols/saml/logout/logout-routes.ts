import { Router, type Request, type Response } from 'express';
import { isTourHandle } from '../../../logout/tour-store.js';
import type { InboundMessage } from '../../../saml-core/received.js';
import { readForm } from '../../../web/forms.js';
import { entityOf, FORM_LIMIT, only, rawQuery } from '../saml-address.js';
import { continueLogout, type ContinueDeps } from './continue-logout.js';
import type { TrustedMessage } from './logout-message.js';
import type { ParkedMessages } from './parked-messages.js';
import { receiveLogout } from './receive-logout.js';
import type { SamlEntity } from '../saml-entity.js';
import { tourPath } from '../../../logout/sign-out.js';
import { sendBrowser } from '../../../logout/send-browser.js';

export interface LogoutRoutesDeps extends ContinueDeps {
  parked: ParkedMessages;
}

const SLO_PATHS = ['/saml/slo', '/saml/:issuer/slo'];

/** The HTTP edge of single logout: which message came by which binding, and what goes on where. */
export function createLogoutRoutes(deps: LogoutRoutesDeps): Router {
  const router = Router({ caseSensitive: true, strict: true });
  router.all(SLO_PATHS, only('GET', 'POST'));
  router.all('/saml/slo/:handle', only('GET'));

  router.get(SLO_PATHS, async (request, response, next) => {
    const entity = entityOf(deps, request);
    if (entity === null) {
      next();
      return;
    }
    const query = rawQuery(request);
    const relayState = new URLSearchParams(query).get('RelayState');
    const inbound = { binding: 'redirect', rawQuery: query } as const;
    const message = await receive(deps, request, response, entity, inbound, relayState);
    if (message !== null) await continueLogout(deps, request, response, message);
  });

  router.post(SLO_PATHS, async (request, response, next) => {
    const entity = entityOf(deps, request);
    if (entity === null) {
      next();
      return;
    }
    if (rawQuery(request) !== '') {
      // Otherwise one message could stand in the query and another in the form.
      const facts = { entry: 'saml.slo', detail: 'query-and-form' };
      await deps.refuse(request, response, 'request_invalid', facts);
      return;
    }
    const fields = await readForm(request, { limit: FORM_LIMIT });
    const relayState = fields['RelayState'] ?? null;
    const inbound = { binding: 'post', fields } as const;
    const message = await receive(deps, request, response, entity, inbound, relayState);
    if (message === null) return;
    const handle = await deps.parked.park(message);
    response.setHeader('Cache-Control', 'no-store');
    response.redirect(303, deps.publicUrl.path(`/saml/slo/${handle}`));
  });

  router.get('/saml/slo/:handle', async (request, response) => {
    const message = await deps.parked.take(request.params.handle);
    if (message !== null) {
      await continueLogout(deps, request, response, message);
      return;
    }
    const facts = { entry: 'saml.slo', detail: 'nothing-parked' };
    await deps.refuse(request, response, 'request_invalid', facts);
  });
  return router;
}

/** A message that may be believed; `null` when the browser has been answered, because it may not. */
async function receive(
  deps: LogoutRoutesDeps,
  request: Request,
  response: Response,
  entity: SamlEntity,
  inbound: InboundMessage,
  relayState: string | null,
): Promise<TrustedMessage | null> {
  const received = await receiveLogout(deps, entity, inbound);
  if (received.outcome === 'trusted') return received.message;
  const entry = 'saml.slo';
  if (received.outcome === 'denied') {
    const { message, partner, detail } = received;
    await deps.tellRefusal(request, 'request_invalid', {
      entry,
      relyingParty: partner.party.id,
      detail,
    });
    const denied = { status: 'Requester', subStatus: 'RequestDenied' } as const;
    const visit = await deps.answer(message, denied);
    const home = { kind: 'redirect', url: deps.publicUrl.path('/') } as const;
    sendBrowser(deps.pages, request, response, visit ?? home, partner.party.name);
    return null;
  }
  const { reason, refusal, detail, relyingParty, sender } = received;
  const facts = {
    entry,
    relyingParty,
    refusal,
    detail: detail.slice(0, LONGEST_NOTE),
    sender: sender?.slice(0, LONGEST_NOTE) ?? null,
  };
  // Whoever answers badly has not been reached; the browser it sent back still has its way before it.
  if (relayState !== null && isTourHandle(relayState) && (await deps.tours.exists(relayState))) {
    await deps.tellRefusal(request, reason, facts);
    response.setHeader('Cache-Control', 'no-store');
    response.redirect(303, deps.publicUrl.path(tourPath(relayState)));
    return null;
  }
  await deps.refuse(request, response, reason, facts);
  return null;
}

const LONGEST_NOTE = 200;
