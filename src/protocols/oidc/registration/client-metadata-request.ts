import { faultOfOutgoingUri } from '../outgoing/outgoing-uri.js';
import { RegistrationRefused } from './registration-refused.js';

/** A body as it came, with those of its members that have a value (RFC 7592, 2.2: `null` is left out). */
export type MetadataRequest = ReadonlyMap<string, unknown>;

/** What a service may say of itself (RFC 7591, 2), without how it proves itself. Anything else is ignored. */
const taken = [
  'redirect_uris',
  'post_logout_redirect_uris',
  'grant_types',
  'application_type',
  'scope',
  'default_max_age',
  'require_pushed_authorization_requests',
  'dpop_bound_access_tokens',
  'backchannel_logout_uri',
  'backchannel_logout_session_required',
] as const;

/** @throws RegistrationRefused for what is no JSON object, or one that means to be more than that */
export function metadataRequest(body: unknown): MetadataRequest {
  if (body === null || typeof body !== 'object' || Array.isArray(body)) {
    throw new RegistrationRefused('invalid_client_metadata', 'the body must be a JSON object');
  }
  const members = new Map<string, unknown>(Object.entries(body));
  for (const name of ['__proto__', 'constructor', 'prototype']) {
    if (members.has(name)) {
      throw new RegistrationRefused('invalid_client_metadata', `${name} is no client metadata`);
    }
  }
  for (const [name, value] of members) {
    if (value === null || value === undefined) members.delete(name);
  }
  return members;
}

/**
 * The `oidc:` section of a relying party that a request describes, not yet checked by the schema of files. Only what is
 * named here gets into it: neither unknown members nor settings that are the operator's to make.
 * @throws RegistrationRefused for what is offered to files only, or for nobody
 */
export function sectionOf(request: MetadataRequest): Record<string, unknown> {
  refuseWhatIsNotOffered(request);
  const section: Record<string, unknown> = {};
  for (const name of taken) {
    if (request.has(name)) section[name] = request.get(name);
  }
  // The default of OpenID Connect Dynamic Client Registration 1.0, section 2; files have another.
  section['id_token_signed_response_alg'] = request.get('id_token_signed_response_alg') ?? 'RS256';
  const method = request.get('token_endpoint_auth_method') ?? 'client_secret_basic';
  section['token_endpoint_auth_method'] = method;
  // Keys are good for nothing else here; many clients publish theirs whatever method they use.
  if (method === 'private_key_jwt') {
    for (const name of ['token_endpoint_auth_signing_alg', 'jwks_uri'] as const) {
      if (request.has(name)) section[name] = request.get(name);
    }
    if (request.has('jwks')) section['jwks'] = keysOf(request.get('jwks'));
  } else refuseBadKeyAddress(request.get('jwks_uri'));
  return section;
}

/** What people are shown. */
export function nameOf(request: MetadataRequest): string {
  const name = request.get('client_name') ?? firstHost(request.get('redirect_uris'));
  if (typeof name !== 'string' || name.trim() === '' || name.length > LONGEST_NAME) {
    throw invalid(`client_name must be text of 1 to ${LONGEST_NAME} characters`);
  }
  if (/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u.test(name)) {
    throw invalid('client_name must not hold control characters');
  }
  return name.trim();
}

const LONGEST_NAME = 100;
const MOST_ADDRESSES = 20;
const LONGEST_TEXT = 2_000;
const grantTypes: readonly unknown[] = [
  'authorization_code',
  'refresh_token',
  'urn:ietf:params:oauth:grant-type:device_code',
];

function refuseWhatIsNotOffered(request: MetadataRequest): void {
  const responses = request.get('response_types') ?? [];
  if (!Array.isArray(responses) || responses.some((type) => type !== 'code')) {
    throw invalid('response_types: only code is offered');
  }
  const grants = request.get('grant_types') ?? [];
  if (!Array.isArray(grants) || grants.some((type) => !grantTypes.includes(type))) {
    throw invalid(`grant_types: offered to registered clients are ${grantTypes.join(', ')}`);
  }
  if ((request.get('subject_type') ?? 'public') !== 'public') {
    throw invalid('subject_type: only public is offered');
  }
  for (const name of ['redirect_uris', 'post_logout_redirect_uris'] as const) {
    const list = request.get(name) ?? [];
    const error = name === 'redirect_uris' ? 'invalid_redirect_uri' : 'invalid_client_metadata';
    if (!Array.isArray(list) || list.length > MOST_ADDRESSES || !list.every(isShortText)) {
      const problem = `${name} must be a list of up to ${MOST_ADDRESSES} addresses of up to ${LONGEST_TEXT} characters`;
      throw new RegistrationRefused(error, problem);
    }
  }
  for (const name of ['scope', 'jwks_uri', 'backchannel_logout_uri'] as const) {
    if (request.has(name) && !isShortText(request.get(name))) {
      throw invalid(`${name} must be text of up to ${LONGEST_TEXT} characters`);
    }
  }
}

const isShortText = (value: unknown): value is string =>
  typeof value === 'string' && value.length <= LONGEST_TEXT;

function refuseBadKeyAddress(uri: unknown): void {
  const fault = typeof uri === 'string' ? faultOfOutgoingUri(uri) : null;
  if (fault !== null) throw invalid(`jwks_uri ${fault}`);
}

/** Keys with those members that keys have; nested values are none of them. */
function keysOf(jwks: unknown): unknown {
  const keys: unknown =
    jwks !== null && typeof jwks === 'object' && 'keys' in jwks ? jwks.keys : undefined;
  if (!Array.isArray(keys)) throw invalid('jwks must be a JSON Web Key Set');
  return { keys: keys.map(keyOf) };
}

const jwkMembers: ReadonlySet<string> = new Set(
  'kty use key_ops alg kid crv x y n e x5c x5t x5t#S256 d p q dp dq qi oth k'.split(' '),
);

function keyOf(key: unknown): unknown {
  if (key === null || typeof key !== 'object') return key;
  const members = Object.entries(key).filter(
    ([name, value]) => jwkMembers.has(name) && (isShortText(value) || isTextList(value)),
  );
  return Object.fromEntries(members);
}

const isTextList = (value: unknown): boolean => Array.isArray(value) && value.every(isShortText);

function firstHost(uris: unknown): unknown {
  const first: unknown = Array.isArray(uris) ? uris[0] : undefined;
  const host = typeof first === 'string' && URL.canParse(first) ? new URL(first).host : '';
  return host === '' ? 'Unnamed service' : host.slice(0, LONGEST_NAME);
}

const invalid = (message: string) => new RegistrationRefused('invalid_client_metadata', message);
