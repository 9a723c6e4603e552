import type { PublicUrl } from '../../../config/public-url.js';
import type { Exchange } from '../issuing/answers.js';
import type { ArriveDeps } from './arrive.js';
import { chosenConsumer } from './consumer.js';
import { enterService } from './enter-service.js';
import { servedFlow } from './served-flow.js';

const LONGEST_RELAY_STATE = 4096;

/** Somebody enters a service from our side, unasked by it (SAML 2.0 profiles, 4.1.5). Same policy, same engine. */
export async function startFromHere(
  deps: ArriveDeps,
  exchange: Exchange,
  relyingParty: string,
  query: URLSearchParams,
): Promise<void> {
  const entry = 'saml.idp-initiated';
  const partner = deps.partners.byRelyingParty(relyingParty);
  if (partner?.party.enabled !== true) {
    const known = partner?.party.id ?? null;
    await deps.answers.refuse(exchange, 'unknown_relying_party', { entry, relyingParty: known });
    return;
  }
  const { settings, metadata } = partner;
  const facts = { entry, relyingParty: partner.party.id };
  if (!settings.allow_idp_initiated) {
    const detail = 'idp-initiated-not-allowed';
    await deps.answers.refuse(exchange, 'policy_denied', { ...facts, detail });
    return;
  }
  const [relayState = settings.default_relay_state ?? null, ...more] = query.getAll('RelayState');
  const tooLong = relayState !== null && Buffer.byteLength(relayState) > LONGEST_RELAY_STATE;
  if (more.length > 0 || tooLong || relayState?.includes('\0') === true) {
    await deps.answers.refuse(exchange, 'request_invalid', { ...facts, detail: 'relay-state' });
    return;
  }
  const consumer = chosenConsumer(
    { acsUrl: null, acsIndex: null, protocolBinding: null },
    metadata,
  );
  if (!consumer.ok) {
    const { refusal, detail } = consumer;
    await deps.answers.refuse(exchange, refusal, { ...facts, detail });
    return;
  }
  const found = servedFlow(deps, {
    v: 1,
    party: partner.party.id,
    issuer: settings.issuer,
    acs: consumer.url,
    inResponseTo: null,
    relayState,
    force: false,
    passive: false,
    nameId: null,
    context: null,
    subject: null,
  });
  if (found.ok) await enterService(deps, exchange, found.served);
  else await deps.answers.refuse(exchange, found.reason, { ...facts, detail: found.detail });
}

/** Where people enter a service from our side. */
export function startPath(relyingParty: string): string {
  return `/saml/start/${relyingParty}`;
}

/** The same as a link. */
export function startUrl(publicUrl: PublicUrl, relyingParty: string): string {
  return publicUrl.absolute(startPath(relyingParty));
}
