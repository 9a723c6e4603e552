import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { PasswordVerdict } from '../../src/directory/directory.js';
import type { Person } from '../../src/directory/person.js';
import { directoryNode, type DirectoryNode } from '../support/directory/directory-node.js';
import { durableParts, fiftyAtOnce, type DurableParts } from '../support/factors/durable-parts.js';
import { sqlAdapters } from '../support/services/fresh-stores.js';

const right = 'correct horse battery';
const limit = 10;
const quarter = 15 * 60_000;

const outcome = (verdict: PasswordVerdict) =>
  verdict.kind === 'accepted' ? 'accepted' : verdict.reason;

describe.each(sqlAdapters)('attempts at passwords on $name', (adapter) => {
  let parts: DurableParts;
  let nodes: [DirectoryNode, DirectoryNode];
  let person: Person;
  let count = 0;

  beforeAll(async () => {
    parts = await durableParts(adapter);
    nodes = [directoryNode(parts.nodes[0]), directoryNode(parts.nodes[1])];
    // The first attempt of a process makes the decoys.
    for (const node of nodes) await attempt('nobody', 'x', { on: node });
  });
  afterAll(() => parts.remove());
  beforeEach(async () => {
    parts.clock.advance(24 * 60 * 60_000);
    person = await newPerson();
    for (const { work } of nodes) work.reset();
  });

  async function newPerson(): Promise<Person> {
    count += 1;
    const added = await nodes[0].people.add({
      username: `Åsa.Öberg-${count}`,
      name: 'Åsa Öberg',
      mail: `asa-${count}@example.org`,
      groups: ['staff', 'admins'],
    });
    const set = await nodes[0].passwords.setPassword(added, right);
    if (!set.ok) throw new Error(set.failure);
    return set.value;
  }

  async function attempt(
    username: string,
    password: string,
    options: { on?: DirectoryNode; known?: Person } = {},
  ): Promise<string> {
    const { directory } = options.on ?? nodes[0];
    const knownBrowserOf = options.known === undefined ? [] : [options.known.id];
    return outcome(await directory.checkPassword({ username, password, knownBrowserOf }));
  }

  const wrong = async (times: number, username = person.username) => {
    for (let done = 0; done < times; done += 1) await attempt(username, `wrong ${done}`);
  };
  const row = () =>
    nodes[0].database.db
      .selectFrom('people')
      .selectAll()
      .where('id', '=', person.id)
      .executeTakeFirstOrThrow();

  test('a right password brings the person with groups in two round trips', async () => {
    const verdict = await nodes[0].directory.checkPassword({
      username: person.username.toUpperCase(),
      password: right,
      knownBrowserOf: [],
    });
    expect(verdict).toMatchObject({
      kind: 'accepted',
      person: { id: person.id, groups: ['admins', 'staff'], epoch: person.epoch },
    });
    expect(nodes[0].work).toMatchObject({ statements: 2, hashes: 1 });
  });

  test('50 wrong guesses at once on two nodes: the limit is judged and counted exactly', async () => {
    const verdicts = await fiftyAtOnce(nodes, (on, index) =>
      attempt(person.username, `wrong ${index}`, { on }),
    );
    expect(verdicts.filter((verdict) => verdict === 'wrong_credentials')).toHaveLength(limit);
    expect(verdicts.filter((verdict) => verdict === 'password_locked')).toHaveLength(50 - limit);
    expect(await row()).toMatchObject({
      password_failures: limit,
      password_failures_total: limit,
      password_locked_until: parts.clock.now() + quarter,
      known_browser_failures: 0,
    });
    expect(await parts.auditKinds(person)).toContain('password.locked');
    expect(await attempt(person.username, right)).toBe('password_locked');
  });

  test('50 right passwords at once are all accepted', async () => {
    const verdicts = await fiftyAtOnce(nodes, (on) => attempt(person.username, right, { on }));
    expect(new Set(verdicts)).toEqual(new Set(['accepted']));
    expect(await row()).toMatchObject({ password_failures: 0, password_failures_total: 0 });
  });

  test('user name and mail address share one budget', async () => {
    await wrong(5);
    await wrong(5, person.mail as string);
    expect(await attempt(person.username, right)).toBe('password_locked');
    expect(await attempt(person.mail as string, right)).toBe('password_locked');
  });

  test('a lock ends after 15 minutes with a fresh budget', async () => {
    await wrong(limit + 5);
    parts.clock.advance(quarter - 1);
    expect(await attempt(person.username, right)).toBe('password_locked');
    parts.clock.advance(1);
    await wrong(1);
    expect(await row()).toMatchObject({ password_failures: 1, password_failures_total: 11 });
    expect(await attempt(person.username, right)).toBe('accepted');
    expect(await row()).toMatchObject({ password_failures: 0, password_failures_total: 0 });
  });

  test('wrong attempts stop counting after the window', async () => {
    await wrong(limit - 1);
    parts.clock.advance(quarter);
    await wrong(1);
    expect(await row()).toMatchObject({ password_failures: 1, password_locked_until: null });
  });

  test('others cannot lock people out of their own browser, nor the other way round', async () => {
    await wrong(limit + 1);
    expect(await attempt(person.username, right, { known: person })).toBe('accepted');
    expect(await attempt(person.username, right)).toBe('password_locked');
    parts.clock.advance(quarter);
    for (let done = 0; done < limit; done += 1) {
      await attempt(person.username, 'wrong', { known: person });
    }
    expect(await attempt(person.username, right, { known: person })).toBe('password_locked');
    expect(await attempt(person.username, right)).toBe('accepted');
  });

  test('after 100 wrong in a row only unlocking or a new password opens', async () => {
    for (let lock = 0; lock < 10; lock += 1) {
      await wrong(limit);
      parts.clock.advance(quarter);
    }
    expect(await row()).toMatchObject({ password_failures_total: 100 });
    expect(await attempt(person.username, right)).toBe('password_locked');
    expect(await attempt(person.username, right, { known: person })).toBe('password_locked');
    await nodes[0].people.unlock(person.id);
    expect(await attempt(person.username, right)).toBe('accepted');
  });

  test('unknown, wrong, locked, disabled and without password: the same work', async () => {
    const locked = person;
    await wrong(limit);
    const disabled = await newPerson();
    await nodes[0].people.disable(disabled.id);
    const empty = await nodes[0].people.add({ username: `empty-${count}`, name: 'Empty' });
    const known = await newPerson();
    const cases = [
      ['nobody at all', 'unknown_person'],
      [known.username, 'wrong_credentials'],
      [locked.username, 'password_locked'],
      [disabled.username, 'person_disabled'],
      [empty.username, 'no_password_set'],
      ['\u0000'.repeat(5), 'unknown_person'],
      ['x'.repeat(100_000), 'unknown_person'],
    ] as const;
    for (const [username, reason] of cases) {
      nodes[0].work.reset();
      expect(await attempt(username, 'not the one')).toBe(reason);
      expect(nodes[0].work).toMatchObject({
        hashes: 1,
        statements: 2,
        kinds: ['UpdateQueryNode', 'UpdateQueryNode'],
      });
    }
  });

  test('attempts at unknown names write as those at known ones do', async () => {
    const written = () =>
      nodes[0].database.db
        .selectFrom('people')
        .select(({ fn }) => fn.sum<number>('password_failures_total').as('sum'))
        .executeTakeFirstOrThrow()
        .then(({ sum }) => Number(sum));
    const before = await written();
    await wrong(1, 'no such person');
    expect(await written()).toBe(before + 1);
  });

  test('a password changed while an attempt is judged: the old one is not accepted', async () => {
    const slow = directoryNode(parts.nodes[0]);
    await attempt('nobody', 'x', { on: slow });
    const [old] = await Promise.all([
      attempt(person.username, right, { on: slow }),
      nodes[1].people.disable(person.id),
    ]);
    expect(['accepted', 'wrong_credentials', 'person_disabled']).toContain(old);
    expect(await attempt(person.username, right)).toBe('person_disabled');
  });

  test('a full line refuses before anything is counted', async () => {
    const tight = directoryNode(parts.nodes[0], 1);
    const attempts = Array.from({ length: 10 }, () =>
      attempt(person.username, 'no', { on: tight }),
    );
    const settled = await Promise.allSettled(attempts);
    const overloaded = settled.filter(({ status }) => status === 'rejected');
    expect(overloaded).toHaveLength(7);
    expect(await row()).toMatchObject({ password_failures: 3 });
  });

  test('passwords that differ in the last of 1024 bytes are told apart, longer ones never match', async () => {
    const long = 'ab'.repeat(512);
    const set = await nodes[0].passwords.setPassword(person, long);
    expect(set.ok).toBe(true);
    expect(await attempt(person.username, `${long.slice(0, -1)}c`)).toBe('wrong_credentials');
    expect(await attempt(person.username, `${long}x`)).toBe('wrong_credentials');
    expect(await attempt(person.username, long)).toBe('accepted');
    expect(await attempt(person.username, '')).toBe('wrong_credentials');
  });

  test('one password typed in composed and decomposed form is one password', async () => {
    const set = await nodes[0].passwords.setPassword(person, 'smörgås på bordet'.normalize('NFD'));
    expect(set.ok).toBe(true);
    expect(await attempt(person.username, 'smörgås på bordet'.normalize('NFC'))).toBe('accepted');
    expect(await attempt(person.username, 'SMÖRGÅS PÅ BORDET')).toBe('wrong_credentials');
  });
});
