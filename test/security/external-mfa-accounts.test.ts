import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { TestBrowser } from '../support/browser.js';
import { PASSWORD } from '../support/people.js';
import { REDIRECT } from '../support/external-mfa/entra-cloud.js';
import {
  externalMfaParty,
  setExternalMfaScene,
  type EntraUser,
  type ExternalMfaScene,
} from '../support/external-mfa/external-mfa-scene.js';

const OTHER_TENANT = '14c2f153-90a7-4689-9db7-9543bf084dad';

let scene: ExternalMfaScene;
let who: EntraUser;
beforeAll(async () => {
  scene = await setExternalMfaScene([
    externalMfaParty('contoso'),
    externalMfaParty('by-object-id', { object_id_attribute: 'entraObjectId' }),
    externalMfaParty(
      'board',
      {},
      { policy: { factors: 2, maxAge: null, allowedFactors: null, groups: ['board'] } },
    ),
  ]);
  who = await scene.somebody();
});
afterAll(() => scene.close());

type Changes = Parameters<ExternalMfaScene['request']>[1];

/** Sends a request whose answer must be an error for Entra, with its state and without a token. */
async function posted(changes: Changes, of = who, party = 'contoso') {
  const fields = await scene.request(of, changes);
  const page = await scene.send(new TestBrowser(), fields, party);
  const answer = scene.answerOf(page);
  expect(answer['id_token']).toBeUndefined();
  expect(answer['action']).toBe(REDIRECT);
  expect(answer['state']).toBe(fields['state']);
  const { data, reason } = await scene.rowOf(answer);
  return { error: answer['error'], detail: data['detail'], reason };
}

/** An account that is linked to one person, while another has its UPN by now. */
async function handedOn(written: { before?: string; now?: string }) {
  const before = await scene.somebody();
  const now = await scene.somebody({ linked: false });
  const { people } = scene.server.drawbridge.parts;
  const { objectId } = before;
  for (const [of, says] of [
    [before, written.before],
    [now, written.now],
  ] as const) {
    if (says === undefined) continue;
    const entraObjectId = [says === 'this' ? objectId : says];
    await people.update(of.id as never, { attributes: { entraObjectId } });
  }
  return { before, now: { ...now, objectId } };
}

describe('an account that was handed on', () => {
  const fields = { client_id: 'by-object-id-client' };

  test.each([
    ['nothing', {}],
    ['another object', { before: randomUUID() }],
  ])(
    'goes over to the person for whom it is written, when %s is for the other one',
    async (_, says) => {
      const { before, now } = await handedOn({ ...says, now: 'this' });
      const browser = new TestBrowser();
      const asked = await scene.send(browser, await scene.request(now, { fields }), 'by-object-id');
      expect(asked.body).toContain(now.username);
      const answer = scene.answerOf(await browser.submit(asked, { code: now.code() }));
      expect(answer['id_token']).toBeDefined();
      expect([await linksOf(before), await linksOf(now)]).toEqual([0, 1]);
      expect(await kindsOf(before)).toContain('external_account.unlinked');
      expect(await kindsOf(now)).toContain('external_account.linked');
    },
  );

  test('from somebody disabled it goes over when it is written, and not by the name alone', async () => {
    const { people } = scene.server.drawbridge.parts;
    const byName = await handedOn({});
    await people.disable(byName.before.id as never);
    expect(await posted({ fields }, byName.now, 'by-object-id')).toMatchObject({
      reason: 'person_disabled',
    });
    const written = await handedOn({ now: 'this' });
    await people.disable(written.before.id as never);
    const page = await scene.send(
      new TestBrowser(),
      await scene.request(written.now, { fields }),
      'by-object-id',
    );
    expect(page.body).toContain(written.now.username);
  });

  test.each([
    ['it is written for two people', { before: 'this', now: 'this' }],
    ['another one is written for whom it is linked to', { before: randomUUID() }],
    ['another one is written for both', { before: randomUUID(), now: randomUUID() }],
  ])('is refused when %s', async (_, says) => {
    const { now } = await handedOn(says);
    expect(await posted({ fields }, now, 'by-object-id')).toMatchObject({
      error: 'access_denied',
      reason: 'subject_mismatch',
    });
  });

  test('written over between the code and the answer, it gives nothing to the person before', async () => {
    const { before, now } = await handedOn({});
    const { people } = scene.server.drawbridge.parts;
    const browser = new TestBrowser();
    const asked = await scene.send(
      browser,
      await scene.request({ upn: now.upn, objectId: before.objectId }, { fields }),
      'by-object-id',
    );
    const held = await browser.post(asked, { code: before.code() });
    await people.update(now.id as never, { attributes: { entraObjectId: [now.objectId] } });
    const answer = scene.answerOf(await browser.follow(held));
    expect(answer).toMatchObject({ error: 'access_denied' });
    expect(answer['id_token']).toBeUndefined();
  });
});

describe('the person', () => {
  test('somebody unknown', async () => {
    const stranger = { ...who, upn: 'stranger@contoso.com', objectId: randomUUID() };
    expect(await posted({}, stranger)).toMatchObject({
      error: 'access_denied',
      reason: 'unknown_person',
    });
  });

  test('somebody disabled, before and in the middle', async () => {
    const gone = await scene.somebody();
    const { people } = scene.server.drawbridge.parts;
    const browser = new TestBrowser();
    const page = await scene.send(browser, await scene.request(gone));
    await people.disable(gone.id as never);
    const left = await browser.submit(page, { code: gone.code() });
    expect(left.body).not.toContain('id_token');
    expect(await posted({}, gone)).toMatchObject({
      error: 'access_denied',
      reason: 'person_disabled',
    });
  });

  test('somebody disabled between the code and the answer', async () => {
    const gone = await scene.somebody();
    const { people } = scene.server.drawbridge.parts;
    const browser = new TestBrowser();
    const page = await scene.send(browser, await scene.request(gone));
    const held = await browser.post(page, { code: gone.code() });
    await people.disable(gone.id as never);
    const answer = scene.answerOf(await browser.follow(held));
    expect(answer).toMatchObject({ error: 'access_denied' });
    expect(answer['id_token']).toBeUndefined();
  });

  test('a user name or mail address that reads like the UPN is not the UPN', async () => {
    const other = await scene.somebody({ linked: false });
    const byMail = { upn: `${other.username}@example.org`, objectId: randomUUID() };
    expect(await posted({}, { ...who, ...byMail })).toMatchObject({ reason: 'unknown_person' });
    const byName = { upn: other.username, objectId: randomUUID() };
    expect(await posted({}, { ...who, ...byName })).toMatchObject({ reason: 'unknown_person' });
  });

  test('an account is not linked to whoever can sign in, only to whom its UPN names', async () => {
    const victim = await scene.somebody({ linked: false });
    const intruder = await scene.somebody({ linked: false });
    const browser = new TestBrowser();
    const page = await scene.send(browser, await scene.request(victim));
    const refused = await browser.submit(page, {
      username: intruder.username,
      password: PASSWORD,
    });
    expect(scene.answerOf(refused)).toMatchObject({ action: REDIRECT, error: 'access_denied' });
    expect(refused.body).not.toContain('id_token');
    expect(await linksOf(intruder)).toBe(0);
    expect(await linksOf(victim)).toBe(0);
  });

  test('a password alone links nothing', async () => {
    const slow = await scene.somebody({ linked: false });
    const browser = new TestBrowser();
    const page = await scene.send(browser, await scene.request(slow));
    const code = await browser.submit(page, { username: slow.username, password: PASSWORD });
    await browser.submit(code, { code: '000000' });
    expect(await linksOf(slow)).toBe(0);
  });

  test('an object id that is not the one written down', async () => {
    const other = await scene.somebody({
      linked: false,
      attributes: { entraObjectId: [randomUUID()] },
    });
    const fields = { client_id: 'by-object-id-client' };
    expect(await posted({ fields }, other, 'by-object-id')).toMatchObject({
      reason: 'subject_mismatch',
    });
  });

  test('an account that is linked stays so, whoever has its UPN by now', async () => {
    const first = await scene.somebody();
    const second = await scene.somebody({ linked: false });
    const page = await scene.send(
      new TestBrowser(),
      await scene.request({ upn: second.upn, objectId: first.objectId }),
    );
    expect(page.body).toContain(first.username);
  });

  test('somebody whom policy does not let in', async () => {
    const browser = new TestBrowser();
    const fields = await scene.request(who, { fields: { client_id: 'board-client' } });
    const page = await scene.send(browser, fields, 'board');
    const answer = scene.answerOf(page);
    expect(answer).toMatchObject({ error: 'access_denied', state: fields['state'] });
    expect((await scene.rowOf(answer)).reason).toBe('policy_denied');
  });

  test('with Entra having proved nothing but a first factor, nothing else is open', async () => {
    const browser = new TestBrowser();
    await scene.send(browser, await scene.request(who));
    const account = await browser.open(`${scene.server.url}/account`);
    expect(account.body).toContain('name="username"');
  });

  test('a tenant that is taken off the list in the middle', async () => {
    const someone = await scene.somebody();
    const browser = new TestBrowser();
    const page = await scene.send(browser, await scene.request(someone));
    const held = await browser.post(page, { code: someone.code() });
    const { registry } = scene.server;
    const before = registry.all().filter(({ protocol }) => protocol === 'external-mfa');
    registry.replace([
      externalMfaParty('contoso', { tenants: [OTHER_TENANT] }),
      ...before.filter(({ id }) => id !== 'contoso'),
    ]);
    const answer = scene.answerOf(await browser.follow(held));
    registry.replace(before);
    expect(answer).toMatchObject({ error: 'access_denied' });
    expect(answer['id_token']).toBeUndefined();
  });
});

async function linksOf({ id }: Pick<EntraUser, 'id'>): Promise<number> {
  const rows = await scene.server.drawbridge.base.database.db
    .selectFrom('external_accounts')
    .where('person_id', '=', id)
    .selectAll()
    .execute();
  return rows.length;
}

async function kindsOf({ id }: Pick<EntraUser, 'id'>): Promise<string[]> {
  const rows = await scene.server.drawbridge.base.database.db
    .selectFrom('audit_events')
    .where('person_id', '=', id)
    .select('kind')
    .execute();
  return rows.map(({ kind }) => kind);
}
