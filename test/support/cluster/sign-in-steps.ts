import { TestBrowser, type Visit } from '../browser.js';
import { CALLBACK, type AuthorizationRequest } from '../oidc-client.js';
import { PASSWORD } from '../people.js';
import type { FragileCluster, Somebody } from './fragile-cluster.js';

/** The requests of a sign-in, each of which something may befall. */
export const stepNames = ['start', 'password', 'code', 'resume', 'token'] as const;
export type StepName = (typeof stepNames)[number];

/** A sign-in that has come as far as one step. */
export interface Walk {
  who: Somebody;
  browser: TestBrowser;
  /** Takes the step, as often as asked: the person clicks again, or goes back and types again. */
  take(): Promise<Visit>;
}

/** Whether this is how the step is answered when all is well. */
export function wentOn(step: StepName, answer: Visit): boolean {
  if (step === 'token') return answer.status === 200;
  if (answer.status !== 303) return false;
  if (step === 'resume') return answer.location?.startsWith(`${CALLBACK}?code=`) === true;
  return answer.location?.includes(step === 'code' ? '/authorize/' : '/login/') === true;
}

/** Does everything before `step`. */
export async function walkTo(step: StepName, cluster: FragileCluster): Promise<Walk> {
  const who = await cluster.somebody();
  const browser = new TestBrowser();
  const request = await cluster.payroll.request();
  const walk = (take: () => Promise<Visit>) => ({ who, browser, take });

  if (step === 'start') return walk(() => browser.request(request.url));
  const password = await browser.open(request.url);
  const typed = { username: who.username, password: PASSWORD };
  if (step === 'password') return walk(() => browser.post(password, typed));
  const otp = await browser.submit(password, typed);
  if (step === 'code') return walk(() => browser.post(otp, { code: who.code() }));
  const resume = (await browser.post(otp, { code: who.code() })).location ?? '';
  if (step === 'resume') return walk(() => browser.request(resume));
  const { location } = await browser.request(resume);
  const code = new URL(location ?? '').searchParams.get('code') ?? '';
  return walk(() => redeem(cluster, request, code));
}

/** Redeems a code as the service does, without the library's own checks of the answer. */
export async function redeem(
  cluster: FragileCluster,
  request: AuthorizationRequest,
  code: string,
): Promise<Visit> {
  const url = `${cluster.server.url}/token`;
  const secret = Buffer.from('payroll:secret-of-payroll-0123456789').toString('base64');
  const answer = await fetch(url, {
    method: 'POST',
    headers: { authorization: `Basic ${secret}` },
    body: new URLSearchParams({
      grant_type: 'authorization_code',
      code,
      redirect_uri: CALLBACK,
      code_verifier: request.verifier,
    }),
  });
  const { status, headers } = answer;
  return { url, status, headers, body: await answer.text(), location: null };
}

/** What the service is told about this browser without asking the person: an error, or `code`. */
export async function quietly(cluster: FragileCluster, browser: TestBrowser): Promise<string> {
  const request = await cluster.payroll.request({ prompt: 'none' });
  const { location, status, body } = await browser.request(request.url);
  if (location === null) throw new Error(`no redirect: ${status} ${body}`);
  const answer = new URL(location).searchParams;
  return answer.get('error') ?? (answer.has('code') ? 'code' : 'neither');
}
