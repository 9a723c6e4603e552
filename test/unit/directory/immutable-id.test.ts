import { expect, test } from '@jest/globals';
import { guidOfImmutableId, immutableIdOfGuid } from '../../../src/directory/immutable-id.js';
import { fieldValues } from '../../../src/directory/person-field.js';
import type { Person } from '../../../src/directory/person.js';
import { immutableIdField } from '../../../src/relying-parties/microsoft-365/immutable-id-field.js';

/** GUID and what `[Convert]::ToBase64String(([guid]'…').ToByteArray())` gives for it. */
const pairs: [guid: string, immutableId: string][] = [
  ['00000000-0000-0000-0000-000000000000', 'AAAAAAAAAAAAAAAAAAAAAA=='],
  ['ffffffff-ffff-ffff-ffff-ffffffffffff', '/////////////////////w=='],
  ['03020100-0504-0706-0809-0a0b0c0d0e0f', 'AAECAwQFBgcICQoLDA0ODw=='],
  ['00112233-4455-6677-8899-aabbccddeeff', 'MyIRAFVEd2aImaq7zN3u/w=='],
];

test.each(pairs)('%s is %s, and back', (guid, immutableId) => {
  expect(immutableIdOfGuid(guid)).toBe(immutableId);
  expect(immutableIdOfGuid(guid.toUpperCase())).toBe(immutableId);
  expect(immutableIdOfGuid(`{${guid}}`)).toBe(immutableId);
  expect(immutableIdOfGuid(immutableId)).toBe(immutableId);
  expect(guidOfImmutableId(immutableId)).toBe(guid);
});

test.each([
  '',
  'anna',
  '03020100050407060809 0a0b0c0d0e0f',
  // In either order of bytes: nobody can tell.
  '03020100050407060809' + '0a0b0c0d0e0f',
  '{03020100-0504-0706-0809-0a0b0c0d0e0f',
  '03020100-0504-0706-0809-0a0b0c0d0e0',
  '03020100-0504-0706-0809-0a0b0c0d0e0g',
  // Fifteen bytes, seventeen, and sixteen that are written in two ways.
  'AAECAwQFBgcICQoLDA0O',
  'AAECAwQFBgcICQoLDA0ODxA=',
  'AAECAwQFBgcICQoLDA0ODx==',
  'AAECAwQFBgcICQoLDA0ODw',
])('%j is no GUID, and guessed at by nobody', (text) => {
  expect(immutableIdOfGuid(text)).toBeNull();
});

const person = (attributes: Person['attributes']): Person => ({
  id: 'per_1' as never,
  username: 'anna',
  name: 'Anna',
  mail: null,
  upn: null,
  groups: [],
  attributes,
  locale: null,
  epoch: 0,
  disabled: false,
  version: 0,
});

test('the field of an attribute, by its name in any case, reads the value in the form of Entra Connect', () => {
  const [, , [guid, immutableId]] = pairs as [unknown, unknown, [string, string]];
  for (const name of ['objectGUID', 'objectguid', 'mS-DS-ConsistencyGuid']) {
    const field = immutableIdField(name);
    const anna = person({ objectGUID: [guid], 'ms-DS-ConsistencyGuid': [immutableId] });
    expect(fieldValues(anna, field)).toEqual([immutableId]);
    expect(fieldValues(person({ objectGUID: ['anna'] }), field)).toEqual([]);
    expect(fieldValues(person({}), field)).toEqual([]);
  }
});

test('any other attribute is sent as it is', () => {
  expect(fieldValues(person({ employeeId: ['4711'] }), immutableIdField('employeeId'))).toEqual([
    '4711',
  ]);
});
