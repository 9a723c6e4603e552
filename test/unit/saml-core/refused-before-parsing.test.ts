import { expect, jest, test } from '@jest/globals';
import { allHostile } from './support/all-hostile.js';
import { partnerId } from './support/genuine.js';

/** Whoever asks for the parser has let the bomb in. */
jest.unstable_mockModule('../../../src/saml-core/libxml.js', () => ({
  loadLibxml: () => Promise.reject(new Error('the parser was asked')),
}));
const { receiveMessage } = await import('../../../src/saml-core/receive-message.js');

const bombs = allHostile().filter(
  ({ refusal, name }) =>
    (refusal.startsWith('too-large') && !/canonical|long ID/.test(name)) ||
    /doctype|cdata|comment$|processing-instruction|encoding$|byte-order-mark|xml-declaration/.test(
      refusal,
    ),
);

test.each(bombs)('no parser sees: $name', async ({ inbound, partner, expected, refusal }) => {
  const received = await receiveMessage(inbound, {
    partnerOf: (issuer) => (issuer === partnerId ? partner : null),
    expected,
  });
  expect(received).toMatchObject({ ok: false });
  if (!received.ok) expect(`${received.refusal} ${received.detail}`).toBe(refusal);
});

test('a bomb is inflated no further than a message may be long', async () => {
  const megabytes = 64;
  const { deflateRawSync } = await import('node:zlib');
  const bomb = deflateRawSync(Buffer.alloc(megabytes * 1024 * 1024, 'x')).toString('base64');
  const before = process.memoryUsage().arrayBuffers;
  const query = `SAMLRequest=${encodeURIComponent(bomb)}`;
  const received = await receiveMessage(
    { binding: 'redirect', rawQuery: query },
    { partnerOf: () => null, expected: ['AuthnRequest'] },
  );
  expect(received).toMatchObject({ ok: false, refusal: 'too-large', detail: 'inflated' });
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(8 * 1024 * 1024);
});
