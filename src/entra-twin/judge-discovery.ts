import type { JSONWebKeySet } from 'jose';
import type { ExternalMfaMethod } from './tenant.js';
import { Verdicts, type Verdict } from './verdict.js';

/** A document as it was answered. */
export interface FetchedDocument {
  status: number;
  headers: Readonly<Record<string, string>>;
  body: string;
}

export interface Provider {
  issuer: string;
  authorizationEndpoint: string;
  keys: JSONWebKeySet;
}

const ending = '/.well-known/openid-configuration';

/**
 * Reads what a provider of External MFA publishes, by the rules of 2026. Only two of them have an error of their own; the
 * others show when an administrator saves the method.
 * @param insecure lets http through, which a rehearsal on one machine has
 * @returns the provider, `null` when too little of it could be read
 */
export async function judgeDiscovery(
  method: ExternalMfaMethod,
  fetchDocument: (url: string) => Promise<FetchedDocument>,
  insecure = false,
): Promise<{ verdicts: Verdict[]; provider: Provider | null }> {
  const verdicts = new Verdicts();
  const { discoveryUrl } = method;
  const secure = (url: string) => insecure || url.startsWith('https://');
  verdicts.expect(
    'The discovery address is one that Entra takes',
    secure(discoveryUrl) && discoveryUrl.endsWith(ending) && !/[?#]/.test(discoveryUrl),
    null,
    `${discoveryUrl} has to begin with https:// and to end in ${ending}`,
  );
  const fetched = await fetchDocument(discoveryUrl);
  const metadata = objectIn(fetched);
  if (
    !verdicts.expect(
      'The discovery document can be read',
      metadata !== null,
      null,
      `status ${fetched.status}`,
    ) ||
    metadata === null
  ) {
    return { verdicts: verdicts.all, provider: null };
  }
  verdicts.expect(
    'It comes with its length',
    Number(fetched.headers['content-length']) === Buffer.byteLength(fetched.body),
    null,
    'Content-Length is missing or wrong',
  );
  const text = (name: string) => (typeof metadata[name] === 'string' ? metadata[name] : '');
  const lists = (name: string, value: string) =>
    Array.isArray(metadata[name]) && (metadata[name] as unknown[]).includes(value);
  const issuer = text('issuer');
  verdicts.expect(
    'issuer is the address without its end',
    `${issuer}${ending}` === discoveryUrl,
    'AADSTS50027',
    `it is ${issuer}`,
  );
  for (const [name, value] of [
    ['scopes_supported', 'openid'],
    ['response_types_supported', 'id_token'],
    ['response_modes_supported', 'form_post'],
    ['id_token_signing_alg_values_supported', 'RS256'],
  ] as const) {
    verdicts.expect(
      `${name} has ${value}`,
      lists(name, value),
      null,
      `it is ${JSON.stringify(metadata[name])}`,
    );
  }
  const authorizationEndpoint = text('authorization_endpoint');
  judgeRegistration(method, authorizationEndpoint, verdicts);
  const jwksUri = text('jwks_uri');
  verdicts.expect(
    'jwks_uri is one that Entra takes',
    secure(jwksUri) && !/[?#]/.test(jwksUri),
    null,
    jwksUri,
  );
  const keys = jwksUri === '' ? null : objectIn(await fetchDocument(jwksUri));
  const list = (Array.isArray(keys?.['keys']) ? keys['keys'] : []) as JSONWebKeySet['keys'];
  verdicts.expect(
    'Every key comes with its certificate',
    list.length > 0 &&
      list.every(
        ({ kty, x5c, kid }) => kty === 'RSA' && (x5c?.length ?? 0) > 0 && kid !== undefined,
      ),
    'AADSTS50012',
    list.length === 0 ? 'there are no keys' : 'x5c or kid is missing, or a key is not RSA',
  );
  return {
    verdicts: verdicts.all,
    provider: { issuer, authorizationEndpoint, keys: { keys: list } },
  };
}

function judgeRegistration(method: ExternalMfaMethod, endpoint: string, verdicts: Verdicts): void {
  const { replyUrls, consented } = method;
  const replies = 'authorization_endpoint is a reply URL of the app registration';
  if (replyUrls === null) verdicts.skip(replies, 'the app registration is not known');
  else {
    verdicts.expect(
      replies,
      replyUrls.includes(endpoint),
      'AADSTS50161',
      `${endpoint} is not among them`,
    );
  }
  const consent = 'An administrator consented to the app';
  if (consented === null) verdicts.skip(consent, 'that is not known');
  else verdicts.expect(consent, consented, 'AADSTS900491', 'nobody did');
}

function objectIn({ status, body }: FetchedDocument): Record<string, unknown> | null {
  if (status !== 200) return null;
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null;
  } catch {
    return null;
  }
}
