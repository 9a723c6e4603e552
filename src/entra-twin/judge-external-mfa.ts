import { createLocalJWKSet, decodeJwt, decodeProtectedHeader, errors, jwtVerify } from 'jose';
import type { JSONWebKeySet } from 'jose';
import { acceptableAcr, acceptableAmr } from './external-mfa-request.js';
import { fieldOf, type PostedForm } from './posted-form.js';
import { Verdicts, type Verdict } from './verdict.js';
import { clockSkewMs } from './wire-names.js';

/** What Entra knows when the provider answers. */
export interface ExternalMfaFacts {
  now: number;
  issuer: string;
  clientId: string;
  keys: JSONWebKeySet;
}

/** What Entra had asked; each is `null` for an answer that was pasted. */
export interface ExternalMfaQuestion {
  replyUrl: string | null;
  nonce: string | null;
  state: string | null;
  subject: string | null;
  /** Left out: all that are ever accepted. */
  amr?: readonly string[];
}

/** What Entra makes of an answer of External MFA, rule by rule. */
export async function judgeExternalMfa(
  form: PostedForm,
  question: ExternalMfaQuestion,
  facts: ExternalMfaFacts,
): Promise<Verdict[]> {
  const verdicts = new Verdicts();
  judgeForm(form, question, verdicts);
  const error = fieldOf(form, 'error');
  if (
    !verdicts.expect(
      'It is no error',
      error === null,
      'AADSTS50012620',
      `the provider returned '${error ?? ''}'`,
    )
  ) {
    return verdicts.all;
  }
  const token = fieldOf(form, 'id_token') ?? '';
  if (await judgeTokenSignature(token, facts, verdicts)) {
    judgeClaims(decodeJwt(token), question, facts, verdicts);
  }
  return verdicts.all;
}

function judgeForm(form: PostedForm, question: ExternalMfaQuestion, verdicts: Verdicts): void {
  if (question.replyUrl !== null) {
    verdicts.expect(
      'It is posted to the reply address',
      form.action === question.replyUrl,
      'AADSTS50027',
      `it is posted to ${form.action}`,
    );
  }
  if (question.state === null) verdicts.skip('state is what was sent', 'that is not known');
  else {
    verdicts.expect(
      'state is what was sent',
      fieldOf(form, 'state') === question.state,
      'AADSTS50027',
      'it is missing or another one, so that the sign-in it belongs to is not found',
    );
  }
}

async function judgeTokenSignature(
  token: string,
  facts: ExternalMfaFacts,
  verdicts: Verdicts,
): Promise<boolean> {
  let header: ReturnType<typeof decodeProtectedHeader> | null = null;
  try {
    header = decodeProtectedHeader(token);
    decodeJwt(token);
  } catch {
    header = null;
  }
  if (
    !verdicts.expect(
      'There is an id_token',
      header !== null,
      'AADSTS50027',
      token === '' ? 'the field is missing' : 'it is not a JWT',
    ) ||
    header === null
  ) {
    return false;
  }
  verdicts.expect(
    'It is signed by RS256',
    header.alg === 'RS256',
    'AADSTS70002',
    `it says ${header.alg ?? 'nothing'}`,
  );
  const known = facts.keys.keys.filter(({ kid }) => kid !== undefined && kid === header.kid);
  verdicts.expect(
    'kid is that of a key that the provider publishes with x5c',
    known.length === 1 && Array.isArray(known[0]?.x5c),
    'AADSTS50012',
    known.length === 1
      ? 'the key is published without x5c'
      : `nobody publishes ${header.kid ?? 'none'}`,
  );
  let fault: string | null = null;
  try {
    await jwtVerify(token, createLocalJWKSet({ keys: known }), {
      currentDate: new Date(facts.now),
    });
  } catch (error) {
    // Claims have rules of their own below.
    const aboutClaims =
      error instanceof errors.JWTExpired || error instanceof errors.JWTClaimValidationFailed;
    if (!aboutClaims) fault = (error as Error).message;
  }
  return verdicts.expect('The signature is true', fault === null, 'AADSTS50012', fault ?? '');
}

function judgeClaims(
  claims: Readonly<Record<string, unknown>>,
  question: ExternalMfaQuestion,
  facts: ExternalMfaFacts,
  verdicts: Verdicts,
): void {
  const said = (name: string) => JSON.stringify(claims[name]) ?? 'missing';
  const equals: [name: string, wanted: string | null][] = [
    ['iss', facts.issuer],
    ['aud', facts.clientId],
    ['sub', question.subject],
    ['nonce', question.nonce],
  ];
  for (const [name, wanted] of equals) {
    const rule = `${name} is as expected`;
    if (wanted === null) verdicts.skip(rule, 'the request is not known');
    else {
      verdicts.expect(
        rule,
        claims[name] === wanted,
        'AADSTS50027',
        `it is ${said(name)} instead of ${wanted}`,
      );
    }
  }
  const { exp, iat } = claims;
  const inTime =
    typeof exp === 'number' &&
    typeof iat === 'number' &&
    exp > iat &&
    exp * 1000 + clockSkewMs > facts.now &&
    iat * 1000 - clockSkewMs <= facts.now;
  verdicts.expect(
    'It may be used now',
    inTime,
    'AADSTS50027',
    `iat ${said('iat')}, exp ${said('exp')}, and it is ${Math.floor(facts.now / 1000)}`,
  );
  const { acr, amr } = claims;
  verdicts.expect(
    'acr is possessionorinherence',
    typeof acr === 'string' && acceptableAcr.includes(acr),
    'AADSTS5001258',
    `it is ${said('acr')}`,
  );
  verdicts.expect(
    'amr is one method of the list',
    Array.isArray(amr) &&
      amr.length === 1 &&
      (question.amr ?? acceptableAmr).includes(String(amr[0])),
    'AADSTS5001257',
    `it is ${said('amr')}`,
  );
}
