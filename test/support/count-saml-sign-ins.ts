import { TestBrowser, type Visit } from './browser.js';
import type { CountedSignIns } from './count-sign-ins.js';
import { startCountedPair } from './counted-pair.js';
import { signIn } from './oidc-client.js';
import { addPerson } from './people.js';
import { SamlClient } from './saml/saml-client.js';
import { samlParty } from './saml/saml-party.js';

/** As `countSignIns`, into a service that speaks SAML: from its request to the assertion that it accepts. */
export async function countSamlSignIns(
  services: { redis: string; postgres: string },
  runs: number,
): Promise<CountedSignIns> {
  const pair = await startCountedPair(services, [samlParty('intranet')]);
  try {
    const intranet = await SamlClient.discover('intranet', pair.url);
    const enter = async (how: (url: string) => Promise<Visit>): Promise<void> => {
      await intranet.receive(await how(await intranet.requestUrl()));
    };
    const newcomer = async (username: string) => ({
      username,
      ...(await addPerson(pair.first, username)),
    });
    // Connections, scripts, the first hash, the parser: what a server pays once. Both servers pay.
    for (const name of ['warm1', 'warm2', 'warm3']) {
      const person = await newcomer(name);
      await enter((url) => signIn(new TestBrowser(), url, person));
    }
    const people: Awaited<ReturnType<typeof newcomer>>[] = [];
    for (let run = 0; run < runs; run += 1) people.push(await newcomer(`person${run}`));
    const last = await newcomer('warm4');
    await enter((url) => signIn(new TestBrowser(), url, last));
    await pair.settled();
    await pair.counter.learnPollers();
    const first = [];
    const repeat = [];
    for (const person of people) {
      const browser = new TestBrowser();
      first.push(await pair.counter.during(() => enter((url) => signIn(browser, url, person))));
      repeat.push(await pair.counter.during(() => enter((url) => browser.open(url))));
    }
    return { first, repeat, pollerCommands: pair.counter.pollerCommands, served: pair.served };
  } finally {
    await pair.close();
  }
}
