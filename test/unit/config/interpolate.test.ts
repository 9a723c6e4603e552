import { expect, test } from '@jest/globals';
import { interpolate } from '../../../src/config/interpolate.js';

test('variables are put into texts at any depth, also within a text', () => {
  const tree = { a: '${ONE}', list: ['x${TWO}y', 3, null, true] };
  expect(interpolate(tree, { ONE: '1', TWO: '' })).toEqual({
    value: { a: '1', list: ['xy', 3, null, true] },
    unset: [],
  });
});

test('any other $ stays, so that password hashes survive', () => {
  const texts = ['$argon2id$v=19$m=19456', '$2b$12$abc', '$NAME', '${}', '${1A}', '${a-b}', '$${'];
  expect(interpolate(texts, { NAME: 'x' })).toEqual({ value: texts, unset: [] });
});

test('what a variable holds is not looked at again', () => {
  expect(interpolate('${ONE}', { ONE: '${TWO}$&$1', TWO: 'no' }).value).toBe('${TWO}$&$1');
});

test('an unset variable is reported with its place', () => {
  expect(interpolate({ list: ['${NOPE}'] }, {})).toEqual({
    value: { list: ['${NOPE}'] },
    unset: [{ path: ['list', 0], name: 'NOPE' }],
  });
});
