import { describe, expect, test } from '@jest/globals';
import { createSealer } from '../../../src/keys/aes-gcm-sealer.js';
import { systemRandom } from '../../../src/kernel/random.js';

const oldKey = Buffer.alloc(32, 1);
const newKey = Buffer.alloc(32, 2);
const sealer = createSealer({ current: oldKey, previous: [] }, systemRandom);
const rotated = createSealer({ current: newKey, previous: [oldKey] }, systemRandom);
const plain = Buffer.from('a secret');
const invalid = expect.objectContaining({ code: 'sealed_value_invalid' });

describe('sealing', () => {
  test('what is sealed opens again, and never looks the same twice', () => {
    const one = sealer.seal(plain, 'here');
    expect(one).toMatch(/^v1\.[0-9a-f]{8}\.[A-Za-z0-9_-]+$/);
    expect(one).not.toBe(sealer.seal(plain, 'here'));
    expect(sealer.open(one, 'here')).toEqual(plain);
    expect(sealer.open(sealer.seal(Buffer.alloc(0), 'x'), 'x')).toEqual(Buffer.alloc(0));
  });

  test('a value is of no use in another row', () => {
    expect(() => sealer.open(sealer.seal(plain, 'here'), 'there')).toThrow(invalid);
  });

  test('every altered character is noticed', () => {
    const sealed = sealer.seal(plain, 'here');
    // The last character may carry unused bits, so the comparison is on bytes.
    for (let at = 12; at < sealed.length - 1; at += 1) {
      const other = sealed[at] === 'A' ? 'B' : 'A';
      const altered = sealed.slice(0, at) + other + sealed.slice(at + 1);
      expect(() => sealer.open(altered, 'here')).toThrow(invalid);
    }
  });

  test.each(['', 'v1', 'v1.00000000.', 'v2.00000000.AAAA', 'v1.00000000.AAAA', 'plain text'])(
    'odd text %j is refused as such',
    (text) => {
      expect(() => sealer.open(text, 'here')).toThrow(invalid);
      if (!text.includes('AAAA')) expect(() => sealer.needsResealing(text)).toThrow(invalid);
    },
  );

  test('after a rotation old values open, and say that they need resealing', () => {
    const sealed = sealer.seal(plain, 'here');
    expect(rotated.open(sealed, 'here')).toEqual(plain);
    expect(rotated.needsResealing(sealed)).toBe(true);
    expect(rotated.needsResealing(rotated.seal(plain, 'here'))).toBe(false);
    expect(() => sealer.open(rotated.seal(plain, 'here'), 'here')).toThrow(invalid);
  });

  test('keys of another length are refused', () => {
    expect(() => createSealer({ current: Buffer.alloc(16), previous: [] }, systemRandom)).toThrow(
      expect.objectContaining({ code: 'encryption_key_invalid' }),
    );
  });
});

describe('mac', () => {
  test('depends on value, context, the border between them and the key', () => {
    const values = [
      sealer.mac('a', 'bc'),
      sealer.mac('a', 'b'),
      sealer.mac('b', 'bc'),
      sealer.mac('ca', 'b'),
      rotated.mac('a', 'bc'),
    ];
    expect(new Set(values).size).toBe(values.length);
    expect(sealer.mac('a', 'bc')).toBe(values[0]);
  });
});
