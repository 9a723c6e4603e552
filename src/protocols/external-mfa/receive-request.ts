import { createHash } from 'node:crypto';
import type { PublicUrl } from '../../config/public-url.js';
import type { Clock } from '../../kernel/clock.js';
import { DependencyUnavailable } from '../../kernel/errors.js';
import type { RelyingParty } from '../../relying-parties/relying-party.js';
import { consumeOnce } from '../../storage/sql/one-time.js';
import type { SqlDatabase } from '../../storage/sql/sql-database.js';
import type { Answers, Destination, Exchange } from './answers.js';
import {
  readAuthorizeRequest,
  type AuthorizeRequest,
  type ReadRequest,
} from './authorize-request.js';
import type { CloudKeys } from './cloud-keys.js';
import { providerPaths } from './discovery.js';
import type { ExternalMfaSettings } from './external-mfa-settings.js';
import type { MicrosoftClouds } from './microsoft-clouds.js';
import type { ParkedRequests, SecondFactorFlow } from './parked-requests.js';
import type { ServedParty } from './served-party.js';
import { HINT_LIFETIME_MS, verifyHint, type VerifiedHint } from './verify-hint.js';

export interface ReceiveDeps {
  answers: Answers;
  clock: Clock;
  clouds: MicrosoftClouds;
  cloudKeys: CloudKeys;
  database: SqlDatabase;
  parked: Pick<ParkedRequests, 'park'>;
  publicUrl: PublicUrl;
}

/** Longer than a hint is good for, clock skew included. */
const USED_FOR_MS = 2 * HINT_LIFETIME_MS + 10 * 60_000;

const entry = 'external-mfa.authorize';

/**
 * From what Entra sent to a parked flow, and the browser on its way to it by GET. Forgeries are refused before anything
 * is used up, so that they fill no table.
 */
export async function receiveRequest(
  deps: ReceiveDeps,
  exchange: Exchange,
  { party, settings }: ServedParty,
  fields: Readonly<Record<string, string>>,
): Promise<void> {
  const { answers } = deps;
  const relyingParty = party.id;
  if (!party.enabled) {
    const facts = { entry, relyingParty, detail: 'disabled' };
    await answers.refuse(exchange, 'unknown_relying_party', facts);
    return;
  }
  const read = readAuthorizeRequest(fields, settings, deps.clouds);
  if (read.outcome === 'refused') {
    await answers.refuse(exchange, read.reason, { entry, relyingParty, detail: read.detail });
    return;
  }
  const asked = read.outcome === 'asked' ? read.request : read;
  const to: Destination = { ...asked, service: party.name };
  await answers.orUnavailable(exchange, to, async () => {
    const judged = read.outcome === 'asked' ? await accept(deps, party, settings, read) : read;
    if (judged.outcome === 'posted') {
      const { error, detail } = judged;
      const about = { entry, relyingParty, reason: reasonOf[error], detail };
      await answers.fail(exchange, to, error, about);
      return;
    }
    const handle = await deps.parked.park(judged.flow);
    const { response } = exchange;
    response.setHeader('Cache-Control', 'no-store');
    response.redirect(303, deps.publicUrl.path(providerPaths(party.id).continue(handle)));
  });
}

interface Refusal {
  outcome: 'posted';
  error: keyof typeof reasonOf;
  detail: string;
}

const reasonOf = {
  invalid_request: 'request_invalid',
  access_denied: 'strength_unreachable',
  temporarily_unavailable: 'service_unavailable',
} as const;

/** Verifies whom it is about and uses it up. */
async function accept(
  deps: ReceiveDeps,
  party: Pick<RelyingParty, 'id'>,
  settings: ExternalMfaSettings,
  { request: { hint, ...request } }: Extract<ReadRequest, { outcome: 'asked' }>,
): Promise<Refusal | { outcome: 'accepted'; flow: SecondFactorFlow }> {
  const now = deps.clock.now();
  const verified = await verifiedHint(deps, hint, { settings, cloud: request.cloud, now });
  if (verified === 'no-keys') {
    return { outcome: 'posted', error: 'temporarily_unavailable', detail: 'cloud-keys' };
  }
  const detail = verified.ok ? await useUp(deps.database, party.id, request, now) : verified.detail;
  if (!verified.ok || detail !== null) {
    return { outcome: 'posted', error: 'invalid_request', detail: detail ?? '' };
  }
  const { account } = verified;
  const { client_id: clientId } = settings;
  const flow = { v: 1, party: party.id, clientId, request, account, receivedAt: now } as const;
  return { outcome: 'accepted', flow };
}

async function verifiedHint(
  deps: ReceiveDeps,
  hint: string,
  against: Parameters<typeof verifyHint>[2],
): Promise<VerifiedHint | 'no-keys'> {
  try {
    return await verifyHint(hint, deps, against);
  } catch (error) {
    if (error instanceof DependencyUnavailable) return 'no-keys';
    throw error;
  }
}

/** Nonce and state stand for one attempt of Entra's each. `null`: they were new. */
async function useUp(
  { db }: SqlDatabase,
  party: string,
  { nonce, state }: Pick<AuthorizeRequest, 'nonce' | 'state'>,
  now: number,
): Promise<string | null> {
  for (const [kind, value] of [
    ['nonce', nonce],
    ['state', state],
  ] as const) {
    if (value === null) continue;
    const hash = createHash('sha256').update(JSON.stringify([party, kind, value]));
    const id = hash.digest('base64url');
    if (!(await consumeOnce(db, 'external-mfa', id, now + USED_FOR_MS))) return `replayed-${kind}`;
  }
  return null;
}
