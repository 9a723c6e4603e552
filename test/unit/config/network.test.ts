import { expect, test } from '@jest/globals';
import { parseNetwork } from '../../../src/config/network.js';

test.each([
  ['10.0.0.0/8', '10.0.0.0/8'],
  ['192.0.2.7', '192.0.2.7/32'],
  ['2001:db8::/32', '2001:db8::/32'],
  ['::1', '::1/128'],
])('%s is a network', (text, network) => {
  expect(parseNetwork(text)).toBe(network);
});

test.each([
  '',
  '10.1',
  '10.0.0.0/33',
  '010.0.0.1',
  '10.0.0.0/8/8',
  '::1/129',
  'localhost',
  '10.0.0.0/-1',
  '10.0.0.0/',
])('%j is none', (text) => {
  expect(parseNetwork(text)).toBeNull();
});
