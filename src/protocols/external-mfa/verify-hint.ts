import { compactVerify, decodeProtectedHeader, errors } from 'jose';
import { z } from 'zod';
import type { CloudKeys } from './cloud-keys.js';
import type { ExternalMfaSettings } from './external-mfa-settings.js';
import type { CloudName, MicrosoftClouds } from './microsoft-clouds.js';

/** Whom Entra sends, in its words. */
export interface HintedAccount {
  tenant: string;
  /** The account's id in its tenant: with the tenant the only thing that names it for good. */
  objectId: string;
  /** What the answer has to be about. */
  subject: string;
  /** UPN as the tenant has it now; it may be somebody else's tomorrow. */
  upn: string;
  name: string | null;
  /** When Entra had proved the first factor, in milliseconds since the epoch. */
  issuedAt: number;
}

export type VerifiedHint = { ok: true; account: HintedAccount } | { ok: false; detail: string };

/** Entra makes a hint as it sends the browser, and drops the attempt after about five minutes. */
export const HINT_LIFETIME_MS = 5 * 60_000;
const CLOCK_SKEW_MS = 3 * 60_000;

const guid = z.string().regex(/^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/);

const hintClaims = z.looseObject({
  ver: z.literal('2.0'),
  iss: z.string(),
  aud: z.string(),
  sub: z.string().min(1).max(255),
  tid: guid,
  oid: guid,
  iat: z.int().positive(),
  nbf: z.int().positive(),
  exp: z.int().positive(),
  preferred_username: z.string().min(1).max(320),
  upn: z.string().min(1).max(320).optional(),
  name: z.string().max(1024).optional(),
});

/**
 * Verifies an `id_token_hint`. Entra issues it expired, so not its end counts but how long ago it was made; everything
 * else is compared exactly. Never throws for what a hint says.
 * @throws DependencyUnavailable when there are no keys to verify with
 */
export async function verifyHint(
  hint: string,
  deps: { clouds: MicrosoftClouds; cloudKeys: CloudKeys },
  against: {
    settings: Pick<ExternalMfaSettings, 'app_id' | 'tenants'>;
    cloud: CloudName;
    now: number;
  },
): Promise<VerifiedHint> {
  const { cloud, settings, now } = against;
  const header = headerOf(hint);
  if (header === null) return refused('hint-malformed');
  if (header.alg !== 'RS256') return refused('hint-algorithm');
  if (header.kid === undefined) return refused('hint-no-key-id');
  const found = await deps.cloudKeys.find(cloud, header.kid);
  if (found === null) return refused('hint-unknown-key');
  const payload = await verified(hint, found.key);
  if (payload === null) return refused('hint-signature');
  const read = hintClaims.safeParse(payload);
  if (!read.success) {
    return refused(`hint-claim ${read.error.issues[0]?.path.join('.') ?? ''}`.trim());
  }
  const claims = read.data;
  const issuer = deps.clouds[cloud].issuerOf(claims.tid);
  if (claims.iss !== issuer) return refused('hint-issuer');
  if (found.issuer !== null && found.issuer.replace('{tenantid}', claims.tid) !== issuer) {
    return refused('hint-key-of-other-issuer');
  }
  if (!settings.tenants.includes(claims.tid)) return refused('hint-tenant');
  if (claims.aud !== settings.app_id) return refused('hint-audience');
  const issuedAt = claims.iat * 1000;
  if (issuedAt > now + CLOCK_SKEW_MS || claims.nbf * 1000 > now + CLOCK_SKEW_MS) {
    return refused('hint-in-the-future');
  }
  if (issuedAt < now - HINT_LIFETIME_MS - CLOCK_SKEW_MS) return refused('hint-too-old');
  return {
    ok: true,
    account: {
      tenant: claims.tid,
      objectId: claims.oid,
      subject: claims.sub,
      upn: claims.upn ?? claims.preferred_username,
      name: claims.name ?? null,
      issuedAt: Math.min(issuedAt, now),
    },
  };
}

const refused = (detail: string): VerifiedHint => ({ ok: false, detail });

function headerOf(hint: string): { alg?: string | undefined; kid?: string | undefined } | null {
  try {
    const { alg, kid } = decodeProtectedHeader(hint);
    return { alg, kid };
  } catch {
    return null;
  }
}

async function verified(hint: string, key: Parameters<typeof compactVerify>[1]): Promise<unknown> {
  try {
    const { payload } = await compactVerify(hint, key, { algorithms: ['RS256'] });
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(payload));
  } catch (error) {
    if (error instanceof errors.JOSEError) return null;
    if (error instanceof SyntaxError || error instanceof TypeError) return null;
    throw error;
  }
}
