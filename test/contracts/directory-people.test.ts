import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { AliasTaken, InvalidPerson, NoSuchPerson } from '../../src/directory/person-errors.js';
import type { PersonId } from '../../src/directory/person.js';
import { directoryNode, type DirectoryNode } from '../support/directory/directory-node.js';
import { durableParts, type DurableParts } from '../support/factors/durable-parts.js';
import { sqlAdapters } from '../support/services/fresh-stores.js';

describe.each(sqlAdapters)('people on $name', (adapter) => {
  let parts: DurableParts;
  let nodes: [DirectoryNode, DirectoryNode];

  beforeAll(async () => {
    parts = await durableParts(adapter);
    nodes = [directoryNode(parts.nodes[0]), directoryNode(parts.nodes[1])];
    await nodes[0].directory.checkPassword({ username: 'x', password: 'y', knownBrowserOf: [] });
  });
  afterAll(() => parts.remove());

  const announced = async () =>
    (await nodes[0].database.db.selectFrom('change_feed').selectAll().execute()).length;

  test('are found by user name, mail and UPN, whatever the case and width', async () => {
    const { people, directory } = nodes[0];
    const added = await people.add({
      username: 'Karin.Ström',
      name: 'Karin Ström',
      mail: 'Karin@Example.org',
      upn: 'karin@corp.example',
      groups: ['staff'],
      attributes: { objectGUID: ['b1'], telephoneNumber: ['1', '2'] },
    });
    for (const alias of [
      'karin.ström',
      'KARIN.STRO\u0308M',
      'karin@example.org',
      'ＫＡＲＩＮ@corp.example',
    ]) {
      expect(await directory.findByAlias(alias)).toEqual(added);
    }
    expect(await directory.find(added.id)).toEqual(added);
    expect(await directory.findByAlias('karin')).toBeNull();
    expect(await directory.findByAlias('')).toBeNull();
    expect(await directory.findByAlias('\ud800\u0000')).toBeNull();
    expect(await directory.find('per_nobody-1' as PersonId)).toBeNull();
  });

  test('never share an alias, also when added at once', async () => {
    const { people } = nodes[0];
    await people.add({ username: 'anna', name: 'Anna', mail: 'anna@example.org' });
    await expect(people.add({ username: 'ANNA', name: 'Other' })).rejects.toThrow(AliasTaken);
    await expect(people.add({ username: 'anna@example.org', name: 'Other' })).rejects.toThrow(
      AliasTaken,
    );
    const races = Array.from({ length: 10 }, (_, index) =>
      (nodes[index % 2] as DirectoryNode).people.add({ username: 'racer', name: `Racer ${index}` }),
    );
    const settled = await Promise.allSettled(races);
    expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const result of settled) {
      if (result.status === 'rejected') expect(result.reason).toBeInstanceOf(AliasTaken);
    }
  });

  test('are told what is wrong without the values', async () => {
    const bad = {
      username: ' bo\u0007',
      name: '',
      mail: 'not a mail',
      attributes: { 'a b': ['x'] },
    };
    const refused = await nodes[0].people.add(bad).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(InvalidPerson);
    const { problems } = refused as InvalidPerson;
    expect(problems.map(({ field }) => field)).toEqual(['username', 'name', 'mail', 'attributes']);
  });

  test('changes are audited, announced, and move the epoch where they must', async () => {
    const { people, reader } = nodes[0];
    const added = await people.add({ username: 'eva', name: 'Eva', groups: ['a'] });
    const before = await announced();
    const changed = await people.update(added.id, {
      name: 'Eva Ny',
      groups: ['b', 'c'],
      upn: 'eva@x',
    });
    expect(changed).toMatchObject({ name: 'Eva Ny', groups: ['b', 'c'], upn: 'eva@x', epoch: 1 });
    expect(await reader.findByAlias('EVA@X')).toEqual(changed);
    expect(await people.signOutEverywhere(added.id)).toBe(2);
    await people.disable(added.id);
    expect(await reader.find(added.id)).toMatchObject({ disabled: true, epoch: 3 });
    await people.enable(added.id);
    expect(await reader.find(added.id)).toMatchObject({ disabled: false, epoch: 3 });
    expect(await announced()).toBe(before + 4);
    expect((await parts.auditKinds(added)).sort()).toEqual([
      'person.added',
      'person.changed',
      'person.disabled',
      'person.enabled',
      'sessions.ended_everywhere',
    ]);
    await expect(people.disable('per_nope' as PersonId)).rejects.toThrow(NoSuchPerson);
    await expect(people.enable('per_nobody-1' as PersonId)).rejects.toThrow(NoSuchPerson);
  });

  test('are listed by page and searched, without decoys', async () => {
    const { people, reader } = nodes[0];
    await people.add({ username: 'list-1', name: 'Percent 100% Sure' });
    await people.add({ username: 'list-2', name: 'Åke', mail: 'ake@list.example' });
    const names = async (search: string) =>
      (await reader.list({ search, limit: 10 })).map(({ username }) => username);
    expect(await names('100%')).toEqual(['list-1']);
    expect(await names('LIST.EXAMPLE')).toEqual(['list-2']);
    expect(await names('Åke')).toEqual(['list-2']);
    expect(await names('_ist-')).toEqual([]);
    const everybody = await reader.list({ limit: 1000 });
    expect(everybody).toHaveLength(await reader.count());
    const [first, second] = everybody;
    const page = await reader.list({ after: first?.username as string, limit: 1 });
    expect(page).toEqual([second]);
  });
});
