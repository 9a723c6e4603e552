import { answerOf, OidcClient, signIn } from '../oidc-client.js';
import { TestBrowser, type Visit } from '../browser.js';
import { addPerson } from '../people.js';
import { certificateOf } from './saml-client.js';
import { oidcParty, startTestServer, testConfiguration, type TestServer } from '../start-server.js';
import { ServiceProcess } from './service-process.js';
import { walk } from './walk.js';

/** An address that nobody listens at. */
export const GOODBYE = 'http://127.0.0.1:7100/goodbye';

export type Name = 'intranet' | 'wiki' | 'archive' | 'mute' | 'payroll';

/** Somebody in a browser who has entered services. */
export interface Visitor {
  browser: TestBrowser;
  /** The person's id. */
  person: string;
  /** Signs the same person in elsewhere. */
  enterFrom: (browser: TestBrowser, ids: readonly Name[]) => Promise<void>;
  /** From payroll, if it was entered. */
  idToken: string;
}

/**
 * Drawbridge and services in processes of their own: `intranet` and `archive` are told by Redirect, `wiki` by POST, `mute`
 * has no address for logout, `payroll` speaks OpenID Connect and is told behind the browser's back.
 */
export class LogoutScene {
  readonly server: TestServer;
  readonly services: Readonly<Record<Name, ServiceProcess>>;
  #people = 0;

  private constructor(server: TestServer, services: Record<Name, ServiceProcess>) {
    this.server = server;
    this.services = services;
  }

  static async set(): Promise<LogoutScene> {
    const names = ['intranet', 'wiki', 'archive', 'mute', 'payroll'] as const;
    const started = await Promise.all(names.map((id) => ServiceProcess.start(id)));
    const services = Object.fromEntries(
      started.map((one) => [one.id, one]),
    ) as LogoutScene['services'];
    const server = await startTestServer({
      configuration: (url) => ({
        oidc: { ...testConfiguration(url, 0, '/').oidc, privateHosts: ['127.0.0.1'] },
      }),
      relyingParties: [
        services.intranet.party(),
        services.wiki.party('post'),
        services.archive.party(),
        services.mute.party(null),
        oidcParty('payroll', {
          backchannel_logout_uri: `${services.payroll.url}/backchannel`,
          post_logout_redirect_uris: [GOODBYE],
        }),
      ],
    });
    const certificate = await certificateOf(server.url);
    await Promise.all(started.map((one) => one.join(server.url, certificate)));
    return new LogoutScene(server, services);
  }

  async close(): Promise<void> {
    await this.server.close();
    await Promise.all(Object.values(this.services).map((one) => one.kill()));
  }

  async everybodyBehaves(): Promise<void> {
    await Promise.all(Object.values(this.services).map((one) => one.behave('success')));
  }

  /** A new person who enters these services in a browser of their own. */
  async entered(ids: readonly Name[]): Promise<Visitor> {
    this.#people += 1;
    const username = `leaver${this.#people}`;
    const { person, code } = await addPerson(this.server.drawbridge, username);
    // A code is good once, and the machine's clock is everybody's: the next ones are those of the steps around.
    let step = 0;
    const nextCode = () => code(Date.now() + 30_000 * [0, 1, -1][step++ % 3]!);
    const browser = new TestBrowser();
    const enterFrom = (elsewhere: TestBrowser, more: readonly Name[]) =>
      this.#enter(elsewhere, more, username, nextCode).then(() => undefined);
    const idToken = await this.#enter(browser, ids, username, nextCode);
    return { browser, person: person.id, enterFrom, idToken };
  }

  async #enter(
    browser: TestBrowser,
    ids: readonly Name[],
    username: string,
    code: () => string,
  ): Promise<string> {
    let idToken = '';
    let isIn = false;
    for (const id of ids) {
      const party = id === 'payroll' ? await OidcClient.discover(this.server.url, id) : null;
      const request = await party?.request();
      const start =
        request?.url ?? (await browser.request(`${this.services[id].url}/enter`)).location ?? '';
      const page = isIn
        ? await browser.open(start)
        : await signIn(browser, start, { username, code });
      isIn = true;
      if (party && request) idToken = (await party.redeem(request, page)).id_token ?? '';
      else await this.#arrive(browser, page);
    }
    return idToken;
  }

  async #arrive(browser: TestBrowser, page: Visit): Promise<void> {
    const { page: inside } = await walk(browser, page);
    if (!inside.body.startsWith('signed in')) throw new Error(`did not arrive:\n${inside.body}`);
  }

  /** Whether there is a session here, as OpenID Connect sees it. */
  async isSignedIn(browser: TestBrowser): Promise<boolean> {
    const payroll = await OidcClient.discover(this.server.url, 'payroll');
    const quiet = await payroll.request({ prompt: 'none' });
    const answer = answerOf(await browser.open(quiet.url));
    if (answer['code'] === undefined && answer['error'] !== 'login_required') {
      throw new Error(`neither a code nor login_required: ${answer['error']}`);
    }
    return answer['code'] !== undefined;
  }

  /** Those of the services that still have a session in this browser. */
  async inside(browser: TestBrowser, ids: readonly Name[]): Promise<Name[]> {
    const found: Name[] = [];
    for (const id of ids) {
      const page = await browser.request(this.services[id].url);
      if (page.body.startsWith('signed in')) found.push(id);
    }
    return found;
  }

  /** How many logout tokens payroll has got. */
  async heard(): Promise<number> {
    return (await this.services.payroll.report()).heard.length;
  }

  async untilHeard(count: number): Promise<void> {
    while ((await this.heard()) < count) await new Promise((resolve) => setTimeout(resolve, 20));
  }

  /** Presses "sign out" on our home page; what comes is not followed. */
  async signOut(browser: TestBrowser): Promise<Visit> {
    const home = await browser.open(`${this.server.url}/`);
    return browser.post(home, {}, '/account/sign-out');
  }

  /** What the row about this person's last logout by way of the browser says. */
  async lastLogout(person: string): Promise<{ reached: string[]; unreached: string[] } | null> {
    const { db } = this.server.drawbridge.base.database;
    const rows = await db
      .selectFrom('audit_events')
      .selectAll()
      .where('kind', '=', 'logout.completed')
      .execute();
    const own = rows.filter((row) => JSON.stringify(row).includes(person)).at(-1);
    return own === undefined ? null : (JSON.parse(own.data ?? '{}') as never);
  }
}

/** Names in the lists of the page after a logout. */
export function listed(page: Visit): { unreached: string[]; reached: string[] } {
  const list = (heading: string) => {
    const from = page.body.indexOf(heading);
    if (from === -1) return [];
    const items = page.body.slice(from, page.body.indexOf('</ul>', from));
    return [...items.matchAll(/<li>([^<]*)<\/li>/g)].map(([, name]) => name ?? '');
  };
  return { unreached: list('Not reached.'), reached: list('Signed out there too:') };
}
