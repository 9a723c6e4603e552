import type { IncomingMessage } from 'node:http';
import { expect, test } from '@jest/globals';
import { createClientAddress } from '../../../src/web/client-address.js';

const address = createClientAddress(['10.0.0.0/8', '::1', '2001:db8:1::/48']);
const from = (remoteAddress: string | undefined, forwarded?: string) =>
  address({
    socket: { remoteAddress },
    headers: forwarded === undefined ? {} : { 'x-forwarded-for': forwarded },
  } as unknown as IncomingMessage);

test.each([
  ['a stranger is believed nothing', '198.51.100.7', '1.1.1.1', '198.51.100.7'],
  ['one proxy', '10.0.0.1', '203.0.113.9', '203.0.113.9'],
  ['what the client wrote itself', '10.0.0.1', '1.1.1.1, 203.0.113.9', '203.0.113.9'],
  ['a chain of proxies', '10.0.0.1', '1.1.1.1, 203.0.113.9, 10.2.3.4, 10.9.9.9', '203.0.113.9'],
  ['only proxies', '10.0.0.1', '10.2.3.4', '10.2.3.4'],
  ['no header', '10.0.0.1', undefined, '10.0.0.1'],
  ['a header that is no address', '10.0.0.1', '1.1.1.1, nonsense', '10.0.0.1'],
  ['octal and short forms', '10.0.0.1', '010.1', '10.0.0.1'],
  ['IPv4 in IPv6', '::ffff:10.0.0.1', '::ffff:203.0.113.9', '203.0.113.9'],
  ['ports', '::1', '[2001:db8::5]:4711', '2001:db8::5'],
  ['IPv4 with a port', '2001:db8:1::7', '203.0.113.9:80', '203.0.113.9'],
  ['a closed socket', undefined, '1.1.1.1', 'unknown'],
])('%s', (_what, remote, forwarded, expected) => {
  expect(from(remote, forwarded)).toBe(expected);
});

test('a malformed block is an error at the start', () => {
  expect(() => createClientAddress(['10.0.0.0/99'])).toThrow();
});
