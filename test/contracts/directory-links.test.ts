import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Person } from '../../src/directory/person.js';
import {
  directoryNode,
  publicUrl,
  type DirectoryNode,
} from '../support/directory/directory-node.js';
import { durableParts, type DurableParts } from '../support/factors/durable-parts.js';
import { sqlAdapters } from '../support/services/fresh-stores.js';

const chosen = 'a brand new sentence';
const minute = 60_000;

describe.each(sqlAdapters)('links that set a password on $name', (adapter) => {
  let parts: DurableParts;
  let nodes: [DirectoryNode, DirectoryNode];
  let person: Person;
  let count = 0;

  beforeAll(async () => {
    parts = await durableParts(adapter);
    nodes = [directoryNode(parts.nodes[0]), directoryNode(parts.nodes[1])];
  });
  afterAll(() => parts.remove());
  beforeEach(async () => {
    parts.clock.advance(24 * 60 * minute);
    count += 1;
    const mail = `olle-${count}@example.org`;
    person = await nodes[0].people.add({ username: `olle-${count}`, name: 'Olle Ek', mail });
  });

  const issue = (purpose: 'first-password' | 'password-reset' = 'password-reset') =>
    nodes[0].database.transaction((tx) => nodes[0].links.issue(tx, person, purpose));
  const signsIn = async (password: string) => {
    const attempt = { username: person.username, password, knownBrowserOf: [] };
    return (await nodes[0].directory.checkPassword(attempt)).kind === 'accepted';
  };
  const mails = async () => (await parts.mails()).filter(({ to }) => to === person.mail);
  const current = async () => (await nodes[0].reader.find(person.id)) as Person;

  test('looking does not use a link up, redeeming does', async () => {
    const token = await issue('first-password');
    for (const node of nodes) {
      expect(await node.passwordLinks.peek(token)).toMatchObject({
        purpose: 'first-password',
        person: { id: person.id },
        expiresAt: parts.clock.now() + 72 * 60 * minute,
      });
    }
    const redeemed = await nodes[1].passwordLinks.redeem(token, chosen);
    expect(redeemed).toMatchObject({ ok: true, value: { id: person.id, epoch: person.epoch + 1 } });
    expect(await signsIn(chosen)).toBe(true);
    expect(await nodes[0].passwordLinks.peek(token)).toBeNull();
    expect(await nodes[0].passwordLinks.redeem(token, 'another sentence')).toEqual({
      ok: false,
      failure: 'link_invalid',
    });
    expect(await parts.auditKinds(person)).toContain('password.changed');
    expect(await mails()).toContainEqual(
      expect.objectContaining({ template: 'password-changed', name: 'Olle Ek', locale: 'en' }),
    );
  });

  test('of 20 who redeem at once on two nodes exactly one sets the password', async () => {
    const token = await issue();
    const passwords = Array.from({ length: 20 }, (_, index) => `sentence number ${index}`);
    const results = await Promise.all(
      passwords.map((password, index) =>
        (nodes[index % 2] as DirectoryNode).passwordLinks.redeem(token, password),
      ),
    );
    const winners = results.flatMap(({ ok }, index) => (ok ? [index] : []));
    expect(winners).toHaveLength(1);
    expect(await signsIn(passwords[winners[0] as number] as string)).toBe(true);
    expect((await current()).epoch).toBe(person.epoch + 1);
  });

  test('a refused password leaves the link as it is', async () => {
    const token = await issue();
    const { passwordLinks } = nodes[0];
    expect(await passwordLinks.redeem(token, 'short')).toMatchObject({
      failure: 'password_too_short',
    });
    expect(await passwordLinks.redeem(token, 'x'.repeat(1025))).toMatchObject({
      failure: 'password_too_long',
    });
    expect(await passwordLinks.redeem(token, 'Password1')).toMatchObject({
      failure: 'password_blocked',
    });
    expect(await passwordLinks.redeem(token, chosen)).toMatchObject({ ok: true });
  });

  test('links end by time, by a newer one, by a new password, by disabling', async () => {
    const { passwordLinks, passwords, people } = nodes[0];
    const late = await issue();
    parts.clock.advance(30 * minute);
    expect(await passwordLinks.redeem(late, chosen)).toMatchObject({ failure: 'link_invalid' });

    const older = await issue();
    const newer = await issue();
    expect(await passwordLinks.peek(older)).toBeNull();
    expect(await passwordLinks.peek(newer)).not.toBeNull();

    await passwords.setPassword(person, chosen);
    expect(await passwordLinks.redeem(newer, chosen)).toMatchObject({ failure: 'link_invalid' });

    person = await current();
    const last = await issue();
    await people.disable(person.id);
    expect(await passwordLinks.redeem(last, chosen)).toMatchObject({ failure: 'link_invalid' });
    expect(await passwordLinks.peek('no such token')).toBeNull();
  });

  test('tokens are not in the database', async () => {
    const token = await issue();
    const rows = await nodes[0].database.db.selectFrom('one_time_links').selectAll().execute();
    expect(JSON.stringify(rows)).not.toContain(token);
  });

  describe('a forgotten password', () => {
    async function request(alias: string) {
      await nodes[0].resetRequests.request(alias, '192.0.2.7');
      await nodes[0].resetJob.run({ alias, clientAddress: '192.0.2.7' });
    }
    const resetMails = async () =>
      (await mails()).filter(({ template }) => template === 'password-reset');

    test('brings a link by mail', async () => {
      await request(person.mail as string);
      const [mail] = await resetMails();
      expect(mail).toMatchObject({ username: person.username, validMinutes: 30 });
      const link = String(mail?.['link']);
      expect(link.startsWith(publicUrl.absolute('/password/link/'))).toBe(true);
      const token = link.split('/').at(-1) as string;
      expect(await nodes[0].passwordLinks.redeem(token, chosen)).toMatchObject({ ok: true });
      expect(await parts.auditKinds(person)).toContain('password.reset_requested');
    });

    test('asks the database the same for known and unknown people', async () => {
      const works = [];
      for (const alias of [person.username, 'nobody', '\u0000']) {
        nodes[0].work.reset();
        await nodes[0].resetRequests.request(alias, '192.0.2.7');
        works.push({ ...nodes[0].work, reset: null });
      }
      expect(works[0]).toMatchObject({ statements: 1, kinds: ['InsertQueryNode'] });
      expect(works[1]).toEqual(works[0]);
      expect(works[2]).toEqual(works[0]);
    });

    test('brings three mails an hour at the most, and none to unknown or disabled people', async () => {
      for (let asked = 0; asked < 5; asked += 1) await request(person.username);
      expect(await resetMails()).toHaveLength(3);
      parts.clock.advance(61 * minute);
      await request(person.username);
      expect(await resetMails()).toHaveLength(4);
      await nodes[0].people.disable(person.id);
      parts.clock.advance(61 * minute);
      await request(person.username);
      await request('nobody');
      expect(await resetMails()).toHaveLength(4);
    });
  });

  describe('a link given out by the operator', () => {
    const by = { data: { by: 'test' } };

    test('is for a first password where there is none, else for another one', async () => {
      const { issueOperatorLink, passwordLinks } = nodes[0];
      const token = ({ link }: { link: string }) => link.split('/').at(-1) as string;
      const first = await issueOperatorLink(person, false, by);
      expect(first).toMatchObject({ lifetime: 72 * 60 * minute, mailed: false });
      expect(await mails()).toEqual([]);
      const newer = await issueOperatorLink(person, true, by);
      expect(newer).toMatchObject({ mailed: true });
      expect(await passwordLinks.redeem(token(first), chosen)).toMatchObject({ ok: false });
      expect(await passwordLinks.redeem(token(newer), chosen)).toMatchObject({ ok: true });

      const reset = await issueOperatorLink(person, true, by);
      expect(reset).toMatchObject({ lifetime: 30 * minute, mailed: true });
      expect(await mails()).toContainEqual(
        expect.objectContaining({ template: 'password-reset', link: reset.link, validMinutes: 30 }),
      );
      expect(await signsIn(chosen)).toBe(true);
      expect(await passwordLinks.redeem(token(reset), 'one more sentence')).toMatchObject({
        ok: true,
      });
      const rows = await nodes[0].database.db
        .selectFrom('audit_events')
        .select('data')
        .where('person_id', '=', person.id)
        .where('kind', '=', 'password.reset_requested')
        .execute();
      const data = rows.map((row) => JSON.parse(row.data) as unknown);
      expect(data).toContainEqual({ by: 'test', link: 'password-reset' });
      expect(JSON.stringify(data)).not.toContain(token(reset));
    });
  });

  describe('changing a password', () => {
    beforeEach(async () => {
      const set = await nodes[0].passwords.setPassword(person, 'the first sentence');
      if (set.ok) person = set.value;
    });

    test('needs the old one, another new one, and voids what was issued', async () => {
      const { passwords } = nodes[0];
      const change = (old: string, next: string) => passwords.changePassword(person, old, next);
      expect(await change('not it', chosen)).toMatchObject({ failure: 'wrong_credentials' });
      expect(await change('the first sentence', 'the first sentence')).toMatchObject({
        failure: 'password_unchanged',
      });
      expect(await change('the first sentence', `${person.username}-1`)).toMatchObject({
        failure: 'password_blocked',
      });
      const changed = await change('the first sentence', chosen);
      expect(changed).toMatchObject({ ok: true, value: { epoch: person.epoch + 1 } });
      expect(await signsIn('the first sentence')).toBe(false);
      expect(await signsIn(chosen)).toBe(true);
    });

    test('of two changes at once one wins', async () => {
      const changes = ['sentence one here', 'sentence two here'].map((next, index) =>
        (nodes[index] as DirectoryNode).passwords.changePassword(
          person,
          'the first sentence',
          next,
        ),
      );
      const results = await Promise.all(changes);
      expect(results.filter(({ ok }) => ok)).toHaveLength(1);
    });
  });
});
