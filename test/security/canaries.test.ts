import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import * as client from 'openid-client';
import { TestBrowser, formOf } from '../support/browser.js';
import { mailsAbout } from '../support/mailbox.js';
import { answerOf } from '../support/oidc-client.js';
import { PASSWORD } from '../support/people.js';
import { until } from '../support/services/until.js';
import { setScene, token, upToCode, type Scene } from './support/scene.js';

let scene: Scene;
const values: string[] = [];
beforeAll(async () => {
  scene = await setScene();
  const { store } = scene.server.drawbridge.base;
  const commit = store.commit.bind(store);
  store.commit = (writes, guards) => {
    for (const write of writes) values.push(write.key, 'value' in write ? write.value : '');
    return commit(writes, guards);
  };
});
afterAll(() => scene.close());

const CANARY = 'canary-3f9c-typed-in-the-wrong-field';

test('I14: no secret is ever in a log, an audit row, the metrics, an error page or readable in a store', async () => {
  const secrets = new Map<string, string>([
    ['password', PASSWORD],
    ['client secret', 'secret-of-payroll-0123456789'],
    ['canary', CANARY],
  ]);
  const errorPages: string[] = [];
  const plant = (name: string, value: string | undefined) => {
    if (value === undefined || value.length < 6) throw new Error(`no ${name}`);
    secrets.set(name, value);
  };

  // Somebody new sets up an app, with a few slips on the way.
  const newcomer = await scene.somebody({ otp: false });
  const setUp = new TestBrowser();
  const start = await setUp.open((await scene.payroll.request()).url);
  errorPages.push(
    (await setUp.post(start, { username: newcomer.username, password: CANARY })).body,
  );
  const enrol = await setUp.submit(start, { username: newcomer.username, password: PASSWORD });
  plant('totp secret', /secret=([A-Z2-7]+)/.exec(enrol.body)?.[1]);
  // Whoever types the password into the name's field has it in no audit row.
  errorPages.push(
    (
      await new TestBrowser().post(await setUp.open((await scene.payroll.request()).url), {
        username: CANARY,
        password: CANARY,
      })
    ).body.replaceAll(CANARY, ''),
  );

  // Somebody signs in, gets tokens, uses and loses them.
  const { who, browser, request, arrived } = await scene.signedIn({
    scope: 'openid profile offline_access',
  });
  plant('code', answerOf(arrived)['code']);
  const tokens = await scene.payroll.redeem(request, arrived);
  plant('access token', tokens.access_token);
  plant('refresh token', tokens.refresh_token);
  plant('id_token', tokens.id_token);
  plant('verifier', request.verifier);
  const rotated = await client.refreshTokenGrant(scene.payroll.config, tokens.refresh_token ?? '');
  plant('second refresh token', rotated.refresh_token);
  await client.tokenIntrospection(scene.payroll.config, tokens.access_token);
  await fetch(`${scene.url}/userinfo?access_token=${tokens.access_token}`);
  await token(scene.url, {
    grant_type: 'refresh_token',
    refresh_token: tokens.refresh_token ?? '',
  });
  for (const cookie of await browser.jar.getCookies(`${scene.url}/`)) {
    if (cookie.key === 'drawbridge-browser') plant('browser secret', cookie.value);
    if (cookie.key === 'drawbridge-session') plant('session secret', cookie.value.split('.')[1]);
  }
  plant('form token', formOf(await browser.open(`${scene.url}/account/password`)).hidden['csrf']);

  // Recovery codes, a code typed wrong, a code used twice.
  const { recoveryCodes, directory } = scene.server.drawbridge.parts;
  const person = await directory.find(who.id as never);
  if (person === null) throw new Error('nobody');
  for (const [index, code] of (await recoveryCodes.generate(person)).entries()) {
    plant(`recovery code ${index}`, code);
    plant(`recovery code ${index}, as hashed`, code.replace('-', ''));
  }
  const other = new TestBrowser();
  const otp = await upToCode(other, (await scene.payroll.request()).url, who);
  plant('one-time code', who.code());
  const typed = secrets.get('one-time code') ?? '';
  await other.submit(otp, { code: typed });
  const again = new TestBrowser();
  const twice = await upToCode(again, (await scene.payroll.request()).url, who);
  errorPages.push((await again.post(twice, { code: typed })).body);

  // A forgotten password.
  const lost = new TestBrowser();
  await lost.post(await lost.open(`${scene.url}/password/forgot`), { username: who.username });
  const address = `${who.username}@example.org`;
  const linkIn = async () =>
    /\/password\/link\/([A-Za-z0-9_-]{43})/.exec(
      JSON.stringify(await mailsAbout(scene.server, address, /./)),
    )?.[1];
  await until(async () => (await linkIn()) !== undefined);
  plant('link', await linkIn());
  const link = await lost.open(`${scene.url}/password/link/${secrets.get('link') ?? ''}`);
  plant('new password', 'a canary of a new password 77');
  const chosen = secrets.get('new password') ?? '';
  errorPages.push(
    (await lost.post(link, { new_password: chosen, repeat_password: CANARY })).body.replaceAll(
      secrets.get('link') ?? '',
      '',
    ),
  );
  await lost.post(link, { new_password: chosen, repeat_password: chosen });

  // Requests that go wrong with something secret in them.
  for (const path of [
    `/authorize?client_id=nobody&code_verifier=${CANARY}`,
    `/authorize/${CANARY}`,
    `/password/link/${CANARY}`,
    `/consent/${CANARY}`,
    `/login/sgn_${CANARY}`,
    `/nowhere/${CANARY}`,
  ]) {
    const page = await new TestBrowser().request(`${scene.url}${path}`);
    // The link to the other language leads to the same page.
    errorPages.push(page.body.replace(/<nav[\s\S]*?<\/nav>/, ''));
  }
  await fetch(`${scene.url}/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(`payroll:${CANARY}`).toString('base64')}` },
    body: new URLSearchParams({ grant_type: 'client_credentials', code: CANARY }),
  });

  const { database } = scene.server.drawbridge.base;
  const audit = await database.db.selectFrom('audit_events').selectAll().execute();
  const metrics = await (await fetch(`${scene.url}/metrics`)).text();
  const files = (await readdir(scene.server.folder)).filter((name) => /sqlite/.test(name));
  const places: Record<string, string> = {
    log: scene.server.log.join('\n'),
    audit: JSON.stringify(audit),
    metrics,
    'error pages': errorPages.join('\n'),
    'short-lived store': values.join('\n'),
  };
  for (const file of files) {
    places[file] = (await readFile(join(scene.server.folder, file))).toString('latin1');
  }
  const found = Object.entries(places).flatMap(([place, text]) =>
    [...secrets].filter(([, secret]) => holds(text, secret)).map(([name]) => `${name} in ${place}`),
  );
  expect(found).toEqual([]);
  // What may be there is found, so the places are the right ones.
  for (const place of ['log', 'audit', ...files.slice(0, 1)])
    expect(places[place]).toContain(who.id);
  expect(files.length).toBeGreaterThan(0);
  expect(values.length).toBeGreaterThan(20);
});

/** Six digits occur in hashes and times by chance, so they count only as a word of their own. */
function holds(text: string, secret: string): boolean {
  if (!/^\d+$/.test(secret)) return text.includes(secret);
  return new RegExp(`(?<![\\w.-])${secret}(?![\\w.-])`).test(text);
}
