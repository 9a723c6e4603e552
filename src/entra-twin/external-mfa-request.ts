import { SignJWT, type CryptoKey, type KeyObject } from 'jose';
import { uuid } from './saml-request.js';
import type { PostedForm } from './posted-form.js';
import type { ExternalMfaMethod, Surroundings } from './tenant.js';
import { entra } from './wire-names.js';

/** Signs the hints; known to the provider from Entra's metadata. */
export interface HintKey {
  kid: string;
  privateKey: CryptoKey | KeyObject;
}

export interface ExternalMfaUser {
  objectId: string;
  upn: string;
  name: string;
}

export interface ExternalMfaRequest {
  form: PostedForm;
  nonce: string;
  state: string;
  /** `sub` of the hint, which the answer has to have too. */
  subject: string;
  /** Of which the answer has to name one. */
  amr: readonly string[];
  replyUrl: string;
}

/** What is accepted after a password (measured): one acr, and any of these amr. */
export const acceptableAcr: readonly string[] = ['possessionorinherence'];
export const acceptableAmr: readonly string[] = [
  ...['face', 'fido', 'fpt', 'hwk', 'iris', 'otp', 'pop', 'retina', 'sc', 'sms', 'swk', 'tel'],
  'vbm',
];

/** What Entra's page has a browser post across sites, after the password. */
export async function externalMfaRequest(
  choices: {
    method: ExternalMfaMethod;
    user: ExternalMfaUser;
    authorizationEndpoint: string;
    key: HintKey;
    /** Base of the issuer of hints: `https://login.microsoftonline.com`, or the twin's own. */
    authority: string;
    /** What is asked for; all that is accepted when left out, as Entra does. */
    amr?: readonly string[];
  },
  { now, bytes }: Surroundings,
): Promise<ExternalMfaRequest> {
  const { method, user, key, amr = acceptableAmr } = choices;
  const issuedAt = Math.floor(now() / 1000);
  const subject = bytes(32).toString('base64url');
  const [nonce, state] = [bytes(24).toString('base64url'), bytes(180).toString('base64url')];
  // Expired when it is issued, as in Microsoft's samples.
  const hint = await new SignJWT({
    ver: '2.0',
    name: user.name,
    preferred_username: user.upn,
    oid: user.objectId,
    tid: method.tenantId,
  })
    .setProtectedHeader({ typ: 'JWT', alg: 'RS256', kid: key.kid })
    .setIssuer(`${choices.authority}/${method.tenantId}/v2.0`)
    .setSubject(subject)
    .setAudience(method.appId)
    .setIssuedAt(issuedAt)
    .setNotBefore(issuedAt)
    .setExpirationTime(issuedAt - 1)
    .sign(key.privateKey);
  const replyUrl = entra.externalMfaReplies[0];
  const fields = [
    ['scope', 'openid'],
    ['response_type', 'id_token'],
    ['response_mode', 'form_post'],
    ['client_id', method.clientId],
    ['redirect_uri', replyUrl],
    ['claims', JSON.stringify(claimsOf(amr))],
    ['nonce', nonce],
    ['state', state],
    ['id_token_hint', hint],
    ['client-request-id', uuid(bytes)],
  ] as const;
  return {
    form: { action: choices.authorizationEndpoint, fields },
    nonce,
    state,
    subject,
    amr,
    replyUrl,
  };
}

const claimsOf = (amr: readonly string[]) => ({
  id_token: {
    acr: { essential: true, values: acceptableAcr },
    amr: { essential: true, values: amr },
  },
});
