import { TestBrowser } from './browser.js';
import { startCountedPair } from './counted-pair.js';
import { OidcClient, signIn } from './oidc-client.js';
import { addPerson } from './people.js';
import type { RoundTrip } from './socket-proxy.js';
import { oidcParty } from './start-server.js';

export interface CountedSignIns {
  /** Per run, the round trips of requests and those of pollers that fell between them. */
  first: { trips: RoundTrip[]; polled: RoundTrip[] }[];
  repeat: { trips: RoundTrip[]; polled: RoundTrip[] }[];
  pollerCommands: readonly string[];
  /** Requests each of the two servers has answered. */
  served: readonly number[];
}

/** Signs `runs` people in for the first time, and each of them again, at two servers that take turns. */
export async function countSignIns(
  services: { redis: string; postgres: string },
  runs: number,
): Promise<CountedSignIns> {
  const pair = await startCountedPair(services, [oidcParty('payroll', {})]);
  try {
    const payroll = await OidcClient.discover(pair.url, 'payroll');
    const newcomer = async (name: string) => ({
      username: name,
      ...(await addPerson(pair.first, name)),
    });
    // Connections, scripts, the first hash: what a server pays once and not per sign-in. Both servers pay.
    for (const name of ['warm1', 'warm2', 'warm3']) {
      await completeSignIn(payroll, new TestBrowser(), await newcomer(name));
    }
    const people: Awaited<ReturnType<typeof newcomer>>[] = [];
    for (let run = 0; run < runs; run += 1) people.push(await newcomer(`person${run}`));
    await completeSignIn(payroll, new TestBrowser(), await newcomer('warm4'));
    await pair.settled();
    await pair.counter.learnPollers();
    const first = [];
    const repeat = [];
    for (const person of people) {
      const browser = new TestBrowser();
      first.push(await pair.counter.during(() => completeSignIn(payroll, browser, person)));
      repeat.push(await pair.counter.during(() => repeatSignIn(payroll, browser)));
    }
    return { first, repeat, pollerCommands: pair.counter.pollerCommands, served: pair.served };
  } finally {
    await pair.close();
  }
}

/** From the authorization request to the tokens, with password and code. */
export async function completeSignIn(
  client: OidcClient,
  browser: TestBrowser,
  person: { username: string; code: () => string },
): Promise<void> {
  const request = await client.request();
  const tokens = await client.redeem(request, await signIn(browser, request.url, person));
  const amr = tokens.claims()?.['amr'];
  if (!Array.isArray(amr) || !amr.includes('mfa')) throw new Error(`amr is ${JSON.stringify(amr)}`);
}

/** The same by the session alone. */
export async function repeatSignIn(client: OidcClient, browser: TestBrowser): Promise<void> {
  const request = await client.request();
  const tokens = await client.redeem(request, await browser.open(request.url));
  if (tokens.id_token === undefined) throw new Error('no id_token');
}
