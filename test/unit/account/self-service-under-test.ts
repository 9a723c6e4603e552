import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import express, { type Express } from 'express';
import { Secret, TOTP } from 'otpauth';
import request from 'supertest';
import { createAccountPages } from '../../../src/account/account-pages.js';
import { withAccountParty } from '../../../src/account/account-party.js';
import { createHome } from '../../../src/account/home.js';
import { createPasswordPages } from '../../../src/account/password-pages.js';
import { OneTimeLinks, type LinkPurpose } from '../../../src/directory/links/one-time-links.js';
import type { Person } from '../../../src/directory/person.js';
import { createTotpImport } from '../../support/factors/import-totp.js';
import { createBrowserDispatcher } from '../../../src/login/browser-dispatcher.js';
import { createReplaceableRegistry } from '../../../src/relying-parties/replaceable-registry.js';
import type { RelyingParty } from '../../../src/relying-parties/relying-party.js';
import { createEdge } from '../../../src/server/edge.js';
import { errorBoundary, notFound } from '../../../src/server/error-boundary.js';
import { layFoundations, type Foundations } from '../../../src/server/foundations.js';
import { createSignInParts, type SignInParts } from '../../../src/server/sign-in.js';
import type { FactorEvent } from '../../../src/sessions/factor-event.js';
import type { Session } from '../../../src/sessions/session.js';
import type { HomePage } from '../../../src/web/page-models.js';
import { recordingLogger } from '../../support/audit/recording-logger.js';
import { ManualClock } from '../../support/manual-clock.js';
import { oidcParty, testConfiguration } from '../../support/start-server.js';

export const password = 'correct horse battery staple 7';
export type Browser = ReturnType<typeof request.agent>;

export interface Somebody {
  person: Person;
  /** A code of the next unused time step. */
  code(): string;
}

/** The self-service pages on real parts: SQLite in a folder of its own, memory for what is short-lived. */
export interface SelfService {
  app: Express;
  base: Foundations;
  parts: SignInParts;
  clock: ManualClock;
  setDemo(demo: HomePage['demo']): void;
  browser(): Browser;
  add(username: string, options?: { devices?: number }): Promise<Somebody>;
  /** Gives the browser a session with these proofs, made now. */
  plant(
    browser: Browser,
    person: Person,
    proofs: readonly ('password' | 'otp')[],
  ): Promise<Session>;
  link(person: Person, purpose: LinkPurpose): Promise<string>;
  auditKinds(person: Person): Promise<string[]>;
  close(): Promise<void>;
}

export const services: readonly RelyingParty[] = [
  oidcParty('payroll', {}, { name: 'Payroll', homeUrl: 'https://payroll.example/' }),
  oidcParty('hidden', { client_id: 'hidden' }, { name: 'No home' }),
  oidcParty(
    'secret',
    { client_id: 'secret' },
    {
      name: 'Board room',
      homeUrl: 'https://board.example/',
      policy: { factors: 1, maxAge: null, allowedFactors: null, groups: ['board'] },
    },
  ),
];

export async function selfServiceUnderTest({ enrolmentAllowed = true } = {}): Promise<SelfService> {
  const folder = await mkdtemp(join(tmpdir(), 'drawbridge-account-'));
  const clock = new ManualClock();
  const usual = testConfiguration('http://localhost:3000', 3000, folder);
  const cheap = { ...usual.passwords, memoryKiB: 64, iterations: 1 };
  const configuration = { ...usual, passwords: cheap };
  const { logger } = recordingLogger();
  const base = await layFoundations(configuration, { clock, logger, onQueued: () => {} });
  const edge = createEdge(configuration, base.random);
  const registry = withAccountParty(createReplaceableRegistry(services, () => {}));
  const parts = await createSignInParts(configuration, base, edge, registry);
  const { publicUrl } = configuration;
  const minPasswordLength = configuration.passwords.minLength;
  let demo: HomePage['demo'] = null;
  const deps = {
    ...parts.phones,
    ...base,
    ...edge,
    ...parts,
    publicUrl,
    registry,
    minPasswordLength,
    enrolmentAllowed,
    organisation: configuration.organisation.name,
    demo: () => demo,
  };

  const app = express();
  app.set('query parser', 'simple');
  app.use(
    createBrowserDispatcher({
      ...deps,
      store: parts.signInStore,
      relyingParties: registry,
      endSession: (session) => parts.endSession(session, ''),
      noticed: () => {},
    }),
  );
  app.use(parts.tourPages);
  app.use(createHome(deps));
  app.use(createAccountPages(deps));
  app.use(createPasswordPages(deps));
  const dependencies = { noticed: () => {} };
  const boundary = { ...base, ...edge, dependencies, clientAddress: parts.clientAddress };
  app.use(notFound(boundary));
  app.use(errorBoundary(boundary));

  const importTotp = createTotpImport(base);
  return {
    app,
    base,
    parts,
    clock,
    setDemo: (value) => (demo = value),
    browser: () => request.agent(app),
    async add(username, { devices = 1 } = {}) {
      const added = await parts.people.add({
        username,
        name: username,
        mail: `${username}@a.test`,
      });
      const set = await parts.passwords.setPassword(added, password);
      if (!set.ok) throw new Error(set.failure);
      const secrets = Array.from({ length: devices }, () => new Secret({ size: 20 }));
      for (const secret of secrets) {
        await base.database.transaction((tx) => importTotp(tx, added.id, secret.base32));
      }
      const code = () => {
        clock.advance(30_000);
        return new TOTP({ secret: secrets[0] as Secret }).generate({ timestamp: clock.now() });
      };
      return { person: set.value, code };
    },
    async plant(browser, person, proofs) {
      const at = clock.now();
      const known: Record<(typeof proofs)[number], FactorEvent> = {
        password: { factor: 'password', category: 'knowledge', amr: 'pwd', at },
        otp: { factor: 'otp', category: 'possession', amr: 'otp', at },
      };
      const born = parts.sessions.prepare({
        person: person.id,
        epoch: person.epoch,
        events: proofs.map((proof) => known[proof]),
        browser: { userAgent: 'Mozilla/5.0 Firefox/140.0', address: '192.0.2.7' },
      });
      await base.store.commit(born.writes);
      browser.jar.setCookie(`drawbridge-session=${born.cookie}; Path=/`, '127.0.0.1', '/');
      return born.session;
    },
    link: (person, purpose) =>
      base.database.transaction((tx) => new OneTimeLinks(base).issue(tx, person, purpose)),
    async auditKinds(person) {
      const rows = await base.database.db
        .selectFrom('audit_events')
        .select('kind')
        .where('person_id', '=', person.id)
        .execute();
      return rows.map(({ kind }) => kind);
    },
    async close() {
      for (const close of base.closers) await close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** The value of a hidden field. Of several forms on a page, the first. */
export function hidden(html: string, name: string): string {
  return new RegExp(`name="${name}" value="([^"]*)"`).exec(html)?.[1] ?? '';
}

/** Posts a form with the token of a page. */
export async function post(
  browser: Browser,
  path: string,
  fields: Record<string, string>,
): Promise<request.Response> {
  return browser.post(path).type('form').send(fields);
}

/** Opens a page and gives the token of its (first) form. */
export async function tokenOf(browser: Browser, path: string): Promise<string> {
  const { text, status } = await browser.get(path);
  if (status !== 200) throw new Error(`${path} answered ${status}`);
  return hidden(text, 'csrf');
}

/** Types user name, password and code into whatever sign-in is shown at a path, and stops where it leads. */
export async function signIn(
  browser: Browser,
  path: string,
  who: Somebody,
  asked: { password?: string } = {},
): Promise<string> {
  let next = path;
  for (let step = 0; step < 8; step += 1) {
    const page = await browser.get(next);
    if (page.status === 303) {
      next = page.headers['location'] as string;
      continue;
    }
    if (!next.startsWith('/login/')) return next;
    const csrf = hidden(page.text, 'csrf');
    const answered = hidden(page.text, 'step');
    const fields: Record<string, string> =
      answered === 'password'
        ? { username: who.person.username, password: asked.password ?? password }
        : { code: who.code() };
    const answer = await post(browser, next, { csrf, step: answered, ...fields });
    if (answer.status !== 303) throw new Error(`${answered} answered ${answer.status}`);
    next = answer.headers['location'] as string;
  }
  throw new Error('the sign-in does not end');
}
