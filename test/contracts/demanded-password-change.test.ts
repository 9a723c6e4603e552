import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { PasswordVerdict } from '../../src/directory/directory.js';
import { importPeople } from '../../src/directory/import/import-people.js';
import { NoSuchPerson } from '../../src/directory/person-errors.js';
import type { Person, PersonId } from '../../src/directory/person.js';
import { createPasswordHashing } from '../../src/directory/passwords/password-hashing.js';
import {
  createOtpSecretsImport,
  otpSecretProblems,
} from '../../src/factors/otp/import-otp-secrets.js';
import {
  cheapCost,
  directoryNode,
  type DirectoryNode,
} from '../support/directory/directory-node.js';
import { durableParts, type DurableParts } from '../support/factors/durable-parts.js';
import { sqlAdapters } from '../support/services/fresh-stores.js';

const known = 'the sentence others know';
const chosen = 'a brand new sentence';

describe.each(sqlAdapters)('a demanded change of the password on $name', (adapter) => {
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
    count += 1;
    const added = await nodes[0].people.add({ username: `lina-${count}`, name: 'Lina Ek' });
    const set = await nodes[0].passwords.setPassword(added, known);
    if (!set.ok) throw new Error(set.failure);
    person = set.value;
  });

  const check = (password: string): Promise<PasswordVerdict> => {
    const attempt = { username: person.username, password, knownBrowserOf: [] };
    return nodes[1].directory.checkPassword(attempt);
  };
  const demand = async () => {
    await nodes[0].people.demandPasswordChange(person.id, { data: { by: 'test' } });
    person = (await nodes[0].reader.find(person.id)) as Person;
  };

  test('voids what was issued, is audited, and is answered with every right password', async () => {
    expect(await check(known)).toMatchObject({ kind: 'accepted', changeRequired: false });
    const before = person.epoch;
    await demand();
    expect(person.epoch).toBe(before + 1);
    for (const _ of [1, 2]) {
      nodes[1].work.reset();
      expect(await check(known)).toEqual({ kind: 'accepted', person, changeRequired: true });
      expect(nodes[1].work).toMatchObject({ statements: 2, hashes: 1 });
    }
    expect(await check('not it')).toMatchObject({ kind: 'refused', reason: 'wrong_credentials' });
    const rows = await parts.nodes[0].database.db
      .selectFrom('audit_events')
      .select('data')
      .where('person_id', '=', person.id)
      .where('kind', '=', 'person.changed')
      .execute();
    expect(rows.map(({ data }) => JSON.parse(data) as unknown)).toEqual([
      { by: 'test', fields: ['password_change_demanded'] },
    ]);
    const { people } = nodes[0];
    await expect(people.demandPasswordChange('per_nope' as PersonId)).rejects.toThrow(NoSuchPerson);
  });

  test('takes any password but the one that has to go, and is done then', async () => {
    await demand();
    const { passwords, demandedChange } = nodes[0];
    expect(await passwords.setPassword(person, known)).toMatchObject({
      failure: 'password_unchanged',
    });
    // The same password typed with another form of the same letters.
    expect(await demandedChange(person, known.replace('s', 'ｓ'))).toMatchObject({
      failure: 'password_unchanged',
    });
    expect(await demandedChange(person, 'short')).toMatchObject({ failure: 'password_too_short' });
    expect(await check(known)).toMatchObject({ changeRequired: true });
    const changed = await demandedChange(person, chosen);
    expect(changed).toMatchObject({ ok: true, value: { epoch: person.epoch + 1 } });
    expect(await check(known)).toMatchObject({ kind: 'refused' });
    expect(await check(chosen)).toMatchObject({
      kind: 'accepted',
      changeRequired: false,
      person: { epoch: person.epoch + 1 },
    });
  });

  test('is done by a link and by an import too', async () => {
    await demand();
    const token = await nodes[0].database.transaction((tx) =>
      nodes[0].links.issue(tx, person, 'password-reset'),
    );
    expect(await nodes[0].passwordLinks.redeem(token, known)).toMatchObject({
      failure: 'password_unchanged',
    });
    expect(await nodes[0].passwordLinks.redeem(token, chosen)).toMatchObject({ ok: true });
    expect(await check(chosen)).toMatchObject({ changeRequired: false });

    await demand();
    const passwordHash = await createPasswordHashing(cheapCost).hash('brought from elsewhere');
    const importing = {
      ...parts.nodes[0],
      otpSecretProblems,
      importOtpSecrets: createOtpSecretsImport(parts.nodes[0]),
      invite: nodes[0].invite,
      afterVoid: async () => {},
    };
    const record = { line: 1, username: person.username, name: 'Lina Ek', passwordHash };
    const imported = await importPeople(importing, [record], { dryRun: false });
    expect(imported).toMatchObject({ ok: true, updated: 1 });
    expect(await check('brought from elsewhere')).toMatchObject({ changeRequired: false });
  });

  test('sent twice it is one change, and both are answered alike', async () => {
    await demand();
    const twenty = Array.from({ length: 20 }, (_, index) =>
      (nodes[index % 2] as DirectoryNode).demandedChange(person, chosen),
    );
    for (const changed of await Promise.all(twenty)) {
      expect(changed).toMatchObject({ ok: true, value: { epoch: person.epoch + 1 } });
    }
    const kinds = await parts.auditKinds(person);
    expect(kinds.filter((kind) => kind === 'password.changed')).toHaveLength(2);
    expect((await nodes[0].reader.find(person.id))?.epoch).toBe(person.epoch + 1);
  });

  test('of two different ones at once one wins', async () => {
    await demand();
    const two = ['sentence one here', 'sentence two here'].map((next, index) =>
      (nodes[index] as DirectoryNode).demandedChange(person, next),
    );
    const results = await Promise.all(two);
    expect(results.filter(({ ok }) => ok)).toHaveLength(1);
    expect(results).toContainEqual({ ok: false, failure: 'session_ended' });
  });

  test('does not outlive a sign-out everywhere, nor a disabling', async () => {
    await demand();
    await nodes[0].people.signOutEverywhere(person.id);
    expect(await nodes[0].demandedChange(person, chosen)).toMatchObject({
      failure: 'session_ended',
    });
    expect(await check(known)).toMatchObject({ changeRequired: true });
    person = (await nodes[0].reader.find(person.id)) as Person;
    await nodes[0].people.disable(person.id);
    expect(await nodes[0].demandedChange(person, chosen)).toMatchObject({
      failure: 'session_ended',
    });
  });
});
