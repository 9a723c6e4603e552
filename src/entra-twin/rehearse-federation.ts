import type { FederationFacts, FederationQuestion } from './federation-facts.js';
import { judgeSamlAnswer } from './judge-saml-answer.js';
import { judgeWsFedAnswer } from './judge-wsfed-answer.js';
import type { TwinKey } from './microsoft-face.js';
import { samlRequest, type SamlRequestForm } from './saml-request.js';
import { isAt, signInByPerson, type Credentials } from './sign-in-by-person.js';
import type { SignatureJudge } from './signature-judge.js';
import type { FederatedDomain, Surroundings, TenantUser, TenantUsers } from './tenant.js';
import type { Verdict } from './verdict.js';
import { WebBrowser, type Page, type Wire } from './web-browser.js';
import { recordedMfaMaxAge, wsFedRequest, type WsFedRequestForm } from './wsfed-request.js';

export interface FederationDeps {
  wire: Wire;
  /** Of the server under test. People go nowhere else, whatever the tenant's settings say. */
  origin: string;
  surroundings: Surroundings;
  signatures: SignatureJudge;
  domains: readonly FederatedDomain[];
  users: TenantUsers | null;
  /** Signs the signed request; `null` leaves that form out. */
  key: TwinKey | null;
}

export interface FederatedPerson {
  domain: FederatedDomain;
  user: TenantUser;
  credentials: Credentials;
  /** One that has been here already brings its session along; a new one when left out. */
  browser?: WebBrowser;
  /** Whether everything that the person shows is seen: not where a session may stand for it. */
  watched?: boolean;
}

export type FederationAttempt =
  | { protocol: 'saml'; form: SamlRequestForm; multiFactor: boolean; fresh: boolean }
  | { protocol: 'wsFed'; form: WsFedRequestForm };

/** Signs somebody in as Entra would have it and judges the answer. */
export async function rehearseFederation(
  person: FederatedPerson,
  attempt: FederationAttempt,
  deps: FederationDeps,
): Promise<Verdict[]> {
  return (await bringAnswer(person, attempt, deps)).judge();
}

/** The first half of it: the answer is there, and judged as of now whenever that is done. */
export async function bringAnswer(
  person: FederatedPerson,
  attempt: FederationAttempt,
  deps: FederationDeps,
): Promise<{ judge(): Promise<Verdict[]> }> {
  const { surroundings, wire } = deps;
  const { passiveSignInUri } = person.domain;
  if (!isAt(deps.origin, passiveSignInUri)) {
    return { judge: async () => [notReached(`people are sent to ${passiveSignInUri}`)] };
  }
  const at = surroundings.now();
  const browser = person.browser ?? new WebBrowser(wire, surroundings.now);
  const sent = await ask(browser, person, attempt, deps);
  const arrival = await signInByPerson(browser, sent.page, person.credentials, {
    now: surroundings.now,
    origin: deps.origin,
  });
  if (arrival.kind === 'stopped') return { judge: async () => [notReached(arrival.at)] };
  const fresh = attempt.protocol === 'saml' ? attempt.fresh : attempt.form === 'prompt-login';
  const stepUp = attempt.protocol === 'saml' ? attempt.multiFactor : attempt.form === 'step-up';
  const question: FederationQuestion = {
    requestId: sent.requestId,
    context: sent.context,
    domain: person.domain,
    user: person.user,
    multiFactor: stepUp,
    multiFactorMaxAge: attempt.protocol === 'wsFed' && stepUp ? recordedMfaMaxAge : null,
    freshSince: fresh ? at : null,
    shown: (person.watched ?? person.browser === undefined) ? arrival.shown : null,
  };
  const facts: FederationFacts = { ...deps, now: surroundings.now() };
  const judge = attempt.protocol === 'saml' ? judgeSamlAnswer : judgeWsFedAnswer;
  return {
    judge: async () => [
      { rule: 'The person gets back to Entra', outcome: 'passed', code: null, detail: '' },
      ...(await judge(arrival.form, question, facts)),
    ],
  };
}

interface Sent {
  page: Page;
  requestId: string | null;
  context: string;
}

const entraOrigin = 'https://login.microsoftonline.com';

async function ask(
  browser: WebBrowser,
  { domain, user }: FederatedPerson,
  attempt: FederationAttempt,
  { surroundings, key }: FederationDeps,
): Promise<Sent> {
  const { passiveSignInUri } = domain;
  if (attempt.protocol === 'wsFed') {
    const { url, context } = wsFedRequest(
      { form: attempt.form, passiveSignInUri, username: user.upn },
      surroundings,
    );
    return { page: await browser.get(url), requestId: null, context };
  }
  const { form, id, relayState } = await samlRequest(
    { ...attempt, passiveSignInUri, key },
    surroundings,
  );
  return { page: await browser.post(form, entraOrigin), requestId: id, context: relayState };
}

/** The person stays behind on a page of the provider. */
export const notReached = (at: string): Verdict => ({
  rule: 'The person gets back to Entra',
  outcome: 'failed',
  code: null,
  detail: at,
});
