import { expect, test } from '@jest/globals';
import { readLocalPath } from '../../../src/web/local-path.js';

test.each(['/', '/account', '/account?a=b&c=%2F%2Fx', '/a/../b'])('takes %s', (path) => {
  expect(readLocalPath(path)).toBe(new URL(path, 'http://x').href.slice('http://x'.length));
});

test.each([
  '//evil.example',
  '/\\evil.example',
  '\\\\evil.example',
  'https://evil.example/',
  'javascript:alert(1)',
  '/.//evil.example',
  '/a/..//evil.example',
  '/\t/evil.example',
  '/\n',
  ' /x',
  '',
  'account',
  `/${'a'.repeat(2001)}`,
  null,
  undefined,
])('refuses %j', (path) => {
  expect(readLocalPath(path)).toBeNull();
});
