import { createHash } from 'node:crypto';
import type { Directory } from '../../directory/directory.js';
import type { Clock } from '../../kernel/clock.js';
import { DependencyUnavailable } from '../../kernel/errors.js';
import { consumeOnce } from '../../storage/sql/one-time.js';
import type { SqlDatabase } from '../../storage/sql/sql-database.js';
import type { Answers, Destination, Exchange } from './answers.js';
import { readAuthorizeRequest, type AuthorizeRequest } from './authorize-request.js';
import type { CloudKeys } from './cloud-keys.js';
import type { MicrosoftClouds } from './microsoft-clouds.js';
import type { SecondFactorFlow } from './parked-requests.js';
import type { ServedParty } from './served-party.js';
import { HINT_LIFETIME_MS, verifyHint, type VerifiedHint } from './verify-hint.js';

export interface ReceiveDeps {
  answers: Answers;
  clock: Clock;
  clouds: MicrosoftClouds;
  cloudKeys: CloudKeys;
  database: SqlDatabase;
  directory: Directory;
}

/** Longer than a hint is good for, clock skew included. */
const USED_FOR_MS = 2 * HINT_LIFETIME_MS + 10 * 60_000;

const entry = 'external-mfa.authorize';

/**
 * From what Entra sent to a flow; `null` when the browser has been answered. Forgeries are refused before anything is
 * used up, so that they fill no table.
 */
export async function receiveRequest(
  deps: ReceiveDeps,
  exchange: Exchange,
  { party, settings }: ServedParty,
  fields: Readonly<Record<string, string>>,
): Promise<SecondFactorFlow | null> {
  const { answers, clock } = deps;
  const relyingParty = party.id;
  if (!party.enabled) {
    await answers.refuse(exchange, 'unknown_relying_party', {
      entry,
      relyingParty,
      detail: 'disabled',
    });
    return null;
  }
  const read = readAuthorizeRequest(fields, settings, deps.clouds);
  if (read.outcome === 'refused') {
    await answers.refuse(exchange, read.reason, { entry, relyingParty, detail: read.detail });
    return null;
  }
  const about = { entry, relyingParty };
  if (read.outcome === 'posted') {
    const reason = read.error === 'access_denied' ? 'strength_unreachable' : 'request_invalid';
    const to: Destination = { ...read, service: party.name };
    await answers.fail(exchange, to, read.error, { ...about, reason, detail: read.detail });
    return null;
  }
  const { hint, ...request } = read.request;
  const to: Destination = { ...request, service: party.name };
  const now = clock.now();
  const verified = await verifiedHint(deps, hint, { settings, cloud: request.cloud, now });
  if (verified === 'no-keys') {
    const reason = 'service_unavailable';
    await answers.fail(exchange, to, 'temporarily_unavailable', {
      ...about,
      reason,
      detail: 'cloud-keys',
    });
    return null;
  }
  if (!verified.ok) {
    const { detail } = verified;
    await answers.fail(exchange, to, 'invalid_request', {
      ...about,
      reason: 'request_invalid',
      detail,
    });
    return null;
  }
  const replayed = await useUp(deps.database, relyingParty, request, now);
  if (replayed !== null) {
    await answers.fail(exchange, to, 'invalid_request', {
      ...about,
      reason: 'request_invalid',
      detail: replayed,
    });
    return null;
  }
  const { account } = verified;
  return {
    v: 1,
    party: relyingParty,
    clientId: settings.client_id,
    request,
    account,
    receivedAt: now,
  };
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
