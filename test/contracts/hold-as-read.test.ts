import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { holdAsRead } from '../../src/directory/hold-person.js';
import type { Person, PersonId } from '../../src/directory/person.js';
import { directoryNode, type DirectoryNode } from '../support/directory/directory-node.js';
import { durableParts, type DurableParts } from '../support/factors/durable-parts.js';
import { sqlAdapters } from '../support/services/fresh-stores.js';

describe.each(sqlAdapters)('somebody as they were read, on $name', (adapter) => {
  let parts: DurableParts;
  let node: DirectoryNode;
  beforeAll(async () => {
    parts = await durableParts(adapter);
    node = directoryNode(parts.nodes[0]);
  });
  afterAll(() => parts.remove());

  const read = async (id: PersonId) => (await node.directory.find(id)) as Person;
  const isHeld = (person: Person) => node.database.transaction((tx) => holdAsRead(tx, person));
  const end = (person: PersonId, credential: string) =>
    node.database.db
      .insertInto('ended_credentials')
      .values({ person_id: person, credential, ended_at: parts.clock.now() })
      .execute();

  test('is held, also when it was known by then that credentials had ended', async () => {
    const { id } = await parts.addPerson();
    expect(await isHeld(await read(id))).toBe(true);
    for (const credential of ['prf_one', 'prf_two']) {
      await end(id, credential);
      expect(await isHeld(await read(id))).toBe(true);
    }
  });

  test('is not when a credential ended since, the first or a further one', async () => {
    const { id } = await parts.addPerson();
    for (const credential of ['prf_one', 'prf_two', 'prf_three']) {
      const before = await read(id);
      await end(id, credential);
      expect(await isHeld(before)).toBe(false);
    }
  });

  test('is not when they were disabled or everything of theirs was made void', async () => {
    const [one, other] = [await parts.addPerson(), await parts.addPerson()];
    const before = [await read(one.id), await read(other.id)];
    await node.people.disable(one.id);
    await node.people.signOutEverywhere(other.id);
    expect(await Promise.all(before.map(isHeld))).toEqual([false, false]);
  });

  test('is held whatever ended of somebody else', async () => {
    const [one, other] = [await parts.addPerson(), await parts.addPerson()];
    const before = await read(one.id);
    await end(other.id, 'prf_of_other');
    expect(await isHeld(before)).toBe(true);
  });
});
