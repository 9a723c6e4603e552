import { describe, expect, test } from '@jest/globals';
import { systemRandom } from '../../../../src/kernel/random.js';
import { encryptionOf } from '../../../../src/protocols/saml/issuing/encryption-key.js';
import { isMeant, planNameId } from '../../../../src/protocols/saml/issuing/name-id.js';
import { releasedAttributes } from '../../../../src/protocols/saml/issuing/released-attributes.js';
import { samlSettings } from '../../../../src/protocols/saml/saml-settings.js';
import type { Person } from '../../../../src/directory/person.js';

const person: Person = {
  id: 'per_1' as Person['id'],
  username: 'anna',
  name: 'Anna\u0000',
  mail: null,
  upn: 'anna@north.example',
  groups: ['staff', 'board'],
  attributes: { department: ['Sales', ''], nothing: [], broken: ['\u0001'] },
  locale: null,
  epoch: 0,
  disabled: false,
  version: 1,
};

describe('attributes', () => {
  const told = (attributes: Record<string, unknown>) =>
    releasedAttributes(person, samlSettings.parse({ attributes }).attributes).map(
      ({ name, values }) => [name, values],
    );

  test('fields, lists and further attributes', () => {
    expect(told({ uid: 'username', memberOf: 'groups', ou: 'department' })).toEqual([
      ['uid', ['anna']],
      ['memberOf', ['staff', 'board']],
      ['ou', ['Sales']],
    ]);
  });

  test('what has no value is not there', () => {
    expect(told({ mail: 'mail', x: 'nothing', y: 'unknown', z: 'constructor' })).toEqual([]);
  });

  test('what XML cannot carry is left out', () => {
    expect(told({ cn: 'name', b: 'broken' })).toEqual([]);
  });
});

describe('name identifiers', () => {
  const plan = (setting: unknown, chosen: Parameters<typeof planNameId>[1] = null) =>
    planNameId(
      person,
      chosen,
      {
        issuer: 'https://idp.example',
        partner: 'https://sp.example',
        setting: samlSettings.parse({ name_id: setting }).name_id,
      },
      systemRandom,
    );

  test.each([
    ['email', 'name-id-field-empty: mail'],
    [{ format: 'unspecified', from: 'groups' }, 'name-id-field-ambiguous: groups'],
    [{ format: 'persistent', from: 'name' }, 'name-id-field-not-text: name'],
  ])('%j is impossible', (setting, detail) => {
    expect(plan(setting)).toEqual({ how: 'impossible', detail });
  });

  test('a field', () => {
    expect(plan({ format: 'email', from: 'upn' })).toMatchObject({
      how: 'known',
      nameId: { value: 'anna@north.example', nameQualifier: null },
    });
  });

  test('a request may have a random one instead', () => {
    expect(plan('email', 'persistent').how).toBe('kept');
    expect(plan('persistent', 'transient').how).toBe('known');
  });
});

describe('who is meant', () => {
  const asserted = {
    value: 'abc',
    format: 'urn:f',
    nameQualifier: 'https://idp.example',
    spNameQualifier: null,
  };
  const open = { value: 'abc', format: null, nameQualifier: null, spNameQualifier: null };
  test.each([
    ['the same', asserted, true],
    ['the value alone', open, true],
    ['another value', { ...open, value: 'abC' }, false],
    ['another format', { ...open, format: 'urn:g' }, false],
    ['another qualifier', { ...open, nameQualifier: 'https://other.example' }, false],
    ['a circle that there is not', { ...open, spNameQualifier: 'https://sp.example' }, false],
  ])('%s', (_what, meant, expected) => {
    expect(isMeant(meant, asserted)).toBe(expected);
  });
});

describe('encryption', () => {
  test.each([
    ['auto', true, ['k'], 'k'],
    ['auto', false, ['k'], null],
    ['always', false, ['k'], 'k'],
    ['always', false, [], undefined],
    ['never', true, ['k'], null],
  ])('%s, explicit %s, %j', (encrypt_assertions, encryptionExplicit, keys, expected) => {
    const settings = { ...samlSettings.parse({ encrypt_assertions }), metadata: null };
    const metadata = { encryptionExplicit, encryptionCertificates: keys } as never;
    expect(encryptionOf({ settings, metadata })).toEqual(
      expected === undefined ? { possible: false } : { possible: true, certificate: expected },
    );
  });
});
