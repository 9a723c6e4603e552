import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { recordByFieldIdentifier } from '../../src/directory/field-identifier.js';
import type { Person } from '../../src/directory/person.js';
import { systemClock } from '../../src/kernel/clock.js';
import { directoryNode, type DirectoryNode } from '../support/directory/directory-node.js';
import { durableParts, type DurableParts } from '../support/factors/durable-parts.js';
import { sqlAdapters } from '../support/services/fresh-stores.js';

const field = 'immutable-id:objectGUID';
let guids = 0;
/** A GUID that nobody has yet, and the ImmutableID made of it. */
function fresh() {
  guids += 1;
  const last = guids.toString(16).padStart(12, '0');
  const bytes = Buffer.from(`000102030405060708ab${last}`, 'hex');
  return { guid: `03020100-0504-0706-08ab-${last}`, value: bytes.toString('base64') };
}

interface Asked {
  audience: string;
  from: string;
  couldBe: () => boolean;
}

describe.each(sqlAdapters)('identifiers from a field on $name', (adapter) => {
  let parts: DurableParts;
  let node: DirectoryNode;
  let people = 0;

  beforeAll(async () => {
    parts = await durableParts(adapter);
    node = directoryNode(parts.nodes[0]);
  });
  afterAll(() => parts.remove());

  async function somebody(attributes: Record<string, string[]>): Promise<Person> {
    people += 1;
    return node.people.add({ username: `field-${people}`, name: 'Somebody', attributes });
  }
  const asRead = async (person: Person) => (await node.directory.find(person.id)) as Person;
  const change = async (person: Person, attributes: Record<string, string[]>) => {
    await node.people.update(person.id, { attributes });
  };
  const asserted = async (
    person: Person,
    value: string,
    { audience = 'urn:one', from = field, ...of }: Partial<Asked> = {},
  ) =>
    recordByFieldIdentifier(
      { audit: parts.nodes[0].audit, clock: systemClock, database: node.database },
      await asRead(person),
      { audience, field: from, value, ...of },
      { kind: 'assertion.issued', person: person.id, data: { told: value } } as never,
    );
  const rows = async (person: Person) =>
    (
      await node.database.db
        .selectFrom('audit_events')
        .select('data')
        .where('kind', '=', 'assertion.issued')
        .where('person_id', '=', person.id)
        .execute()
    ).map(({ data }) => JSON.parse(data) as Record<string, unknown>);

  test('are those of one person, who keeps them when somebody else gets the same later', async () => {
    const { guid, value } = fresh();
    const ada = await somebody({ objectGUID: [guid] });
    expect(await asserted(ada, value)).toBe('recorded');
    const carl = await somebody({ objectguid: [`{${guid.toUpperCase()}}`] });
    expect(await asserted(carl, value)).toEqual({ sharedWith: ada.id });
    expect(await asserted(ada, value)).toBe('recorded');
    expect(await rows(ada)).toHaveLength(2);
    expect(await rows(carl)).toEqual([]);
  });

  test('are nobody’s while two have the same and neither was known by it, however it is written', async () => {
    const { guid, value } = fresh();
    const ada = await somebody({ objectGUID: [value] });
    const carl = await somebody({ objectGUID: [guid.toUpperCase()] });
    await node.people.disable(carl.id);
    expect(await asserted(ada, value)).toEqual({ sharedWith: carl.id });
    expect(await asserted(carl, value)).toEqual({ sharedWith: ada.id });
  });

  test('are not withheld for somebody of whom the service is never told, unless they had it first', async () => {
    const { guid, value } = fresh();
    const ada = await somebody({ objectGUID: [guid] });
    const carl = await somebody({ objectGUID: [guid] });
    const never = { couldBe: () => false };
    expect(await asserted(ada, value, never)).toBe('recorded');
    expect(await asserted(carl, value, never)).toEqual({ sharedWith: ada.id });
  });

  test('pass on once the holder does not have them any more, and the row says from whom', async () => {
    const { guid, value } = fresh();
    const ada = await somebody({ objectGUID: [guid] });
    await asserted(ada, value);
    const carl = await somebody({ objectGUID: [guid] });
    await change(ada, {});
    expect(await asserted(carl, value)).toBe('recorded');
    expect(await rows(carl)).toEqual([{ told: value, name_id_from: ada.id }]);
    await change(ada, { objectGUID: [guid] });
    expect(await asserted(ada, value)).toEqual({ sharedWith: carl.id });
  });

  test('of a service are nothing to another one', async () => {
    const { guid, value } = fresh();
    const ada = await somebody({ objectGUID: [guid] });
    await asserted(ada, value);
    const carl = await somebody({ objectGUID: [guid] });
    await change(ada, {});
    expect(await asserted(carl, value, { audience: 'urn:two' })).toBe('recorded');
    expect(await rows(carl)).toEqual([{ told: value }]);
  });

  test.each(['50%', 'a_b', 'quo"ted', 'back\\slash', 'Ä'])(
    'taken from any attribute are told apart to the letter: %s',
    async (value) => {
      const ada = await somebody({ [`card${people}`]: [value] });
      const from = Object.keys(ada.attributes)[0] as string;
      const near = await somebody({ [from]: ['50x', 'axb', `${value}.`] });
      expect(await asserted(ada, value, { from })).toBe('recorded');
      const carl = await somebody({ [from]: [value] });
      expect(await asserted(carl, value, { from })).toEqual({ sharedWith: ada.id });
      expect(await asserted(near, `${value}.`, { from })).toBe('recorded');
    },
  );

  test('in another attribute, a manager’s for instance, are not theirs', async () => {
    const { guid, value } = fresh();
    const ada = await somebody({ objectGUID: [guid] });
    await somebody({ managerGUID: [guid] });
    expect(await asserted(ada, value)).toBe('recorded');
  });

  test('are recorded of nobody who was changed meanwhile', async () => {
    const { guid, value } = fresh();
    const ada = await somebody({ objectGUID: [guid] });
    const stale = await asRead(ada);
    await change(ada, {});
    const identifier = { audience: 'urn:one', field, value };
    const recorded = await recordByFieldIdentifier(
      { audit: parts.nodes[0].audit, clock: systemClock, database: node.database },
      stale,
      identifier,
      { kind: 'assertion.issued', person: ada.id, data: {} } as never,
    );
    expect(recorded).toBe('person-changed');
  });

  test('of callers at once, one person’s own are one row', async () => {
    const { guid, value } = fresh();
    const ada = await somebody({ objectGUID: [guid] });
    const all = await Promise.all(Array.from({ length: 8 }, () => asserted(ada, value)));
    expect(new Set(all)).toEqual(new Set(['recorded']));
  });
});
