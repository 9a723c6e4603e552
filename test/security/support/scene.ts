import { ManualClock } from '../../support/manual-clock.js';
import { TestBrowser, type Visit } from '../../support/browser.js';
import { OidcClient, signIn, type AuthorizationRequest } from '../../support/oidc-client.js';
import { addPerson, PASSWORD } from '../../support/people.js';
import {
  oidcParty,
  startTestServer,
  type TestServer,
  type TestServerOptions,
} from '../../support/start-server.js';

/** Somebody with a password and an authenticator app whose codes are always fresh. */
export interface Somebody {
  username: string;
  id: string;
  code: () => string;
}

export interface Scene {
  server: TestServer;
  url: string;
  clock: ManualClock;
  /** Keys of everything short-lived that was written, in order. */
  written: string[];
  /** Two factors, first party. */
  payroll: OidcClient;
  /** One factor, first party. */
  wiki: OidcClient;
  /** Two factors, third party: people are asked. */
  planner: OidcClient;
  somebody(options?: { otp?: boolean; groups?: string[] }): Promise<Somebody>;
  signedIn(
    parameters?: Record<string, string>,
    as?: OidcClient,
  ): Promise<{
    who: Somebody;
    browser: TestBrowser;
    request: AuthorizationRequest;
    arrived: Visit;
  }>;
  close(): Promise<void>;
}

export const oneFactor = { factors: 1, maxAge: null, allowedFactors: null, groups: null } as const;

/** A server with services of every kind, and people made as they are needed, so that no test disturbs another. */
export async function setScene(options: Partial<TestServerOptions> = {}): Promise<Scene> {
  const clock = new ManualClock(Date.now());
  const server = await startTestServer({
    clock,
    ...options,
    relyingParties: [
      oidcParty('payroll', {
        post_logout_redirect_uris: ['http://127.0.0.1:7100/goodbye'],
        grant_types: ['authorization_code', 'refresh_token', 'client_credentials'],
      }),
      oidcParty('wiki', {}, { policy: { ...oneFactor } }),
      oidcParty('planner', {}, { thirdParty: true, name: 'Tidewater Planner' }),
      ...(options.relyingParties ?? []),
    ],
  });
  const { store } = server.drawbridge.base;
  const written: string[] = [];
  const commit = store.commit.bind(store);
  store.commit = (writes, guards) => {
    written.push(...writes.flatMap((write) => (write.kind === 'set' ? [write.key] : [])));
    return commit(writes, guards);
  };
  const [payroll, wiki, planner] = (await Promise.all(
    ['payroll', 'wiki', 'planner'].map((id) => OidcClient.discover(server.url, id)),
  )) as [OidcClient, OidcClient, OidcClient];
  let people = 0;
  const somebody: Scene['somebody'] = async (of = {}) => {
    people += 1;
    const username = `person${people}`;
    const { person, code } = await addPerson(server.drawbridge, username, of);
    return {
      username,
      id: person.id,
      code: () => {
        clock.advance(30_000);
        return code();
      },
    };
  };
  return {
    server,
    url: server.url,
    clock,
    written,
    payroll,
    wiki,
    planner,
    somebody,
    async signedIn(parameters = {}, as = payroll) {
      const who = await somebody();
      const browser = new TestBrowser();
      const request = await as.request(parameters);
      const arrived = await signIn(browser, request.url, who);
      return { who, browser, request, arrived };
    },
    close: () => server.close(),
  };
}

/** From an authorization URL to the page that asks for the code. */
export async function upToCode(
  browser: TestBrowser,
  url: string,
  who: { username: string },
): Promise<Visit> {
  const page = await browser.open(url);
  return browser.submit(page, { username: who.username, password: PASSWORD });
}

/** The last step of a sign-in without following what it redirects to. */
export async function heldBack(browser: TestBrowser, url: string, who: Somebody): Promise<Visit> {
  return browser.post(await upToCode(browser, url, who), { code: who.code() });
}

/** Posts to the token endpoint with the client's own credentials. */
export function token(
  url: string,
  body: Record<string, string> | URLSearchParams,
  as = 'payroll',
): Promise<Response> {
  const basic = Buffer.from(`${as}:secret-of-${as}-0123456789`).toString('base64');
  return fetch(`${url}/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${basic}` },
    body: new URLSearchParams(body),
  });
}

export const errorOf = async (answer: Response): Promise<string> =>
  ((await answer.json()) as { error: string }).error;
