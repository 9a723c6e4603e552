import { expect, test } from '@jest/globals';
import { parseStrictJson } from '../../../src/devices/wire/strict-json.js';

const read = (text: string) => parseStrictJson(new TextEncoder().encode(text));

test.each([
  '{"a":1,"b":{"a":2},"c":[{"a":3},{"a":4}]}',
  '{"a":"a","b":"\\"a\\":{","c":"}"}',
  '{"a":"b:","b":":","A":"\\\\"}',
  '{"a\\\\":1,"a":2}',
  '{"__proto__":1,"constructor":2}',
  '["a","a"]',
  '"a"',
  '{}',
  ' null ',
])('%s is read as JSON.parse reads it', (text) => {
  expect(read(text)).toEqual(JSON.parse(text));
});

test.each([
  '{"a":1,"a":1}',
  '{"a":1,"b":2,"a" \n :3}',
  '{"a":1,"\\u0061":2}',
  '{"":1,"":2}',
  '{"a":{"b":1,"b":2}}',
  '[{"a":1},{"b":[{}],"b":2}]',
  '{"a":"{","a":"}"}',
  '{"__proto__":1,"__proto__":2}',
])('%s has a member twice and is refused', (text) => {
  expect(() => JSON.parse(text) as unknown).not.toThrow();
  expect(() => read(text)).toThrow(SyntaxError);
});

test.each(['', '{', '{"a":1,}', '\ufeff{}', `{"a":${'['.repeat(9)}`])(
  '%s is no JSON and is refused',
  (text) => {
    expect(() => read(text)).toThrow();
  },
);

test('what is no UTF-8 is refused', () => {
  expect(() => parseStrictJson(Uint8Array.of(0x22, 0xff, 0x22))).toThrow('utf-8');
});
