import { expect, test } from '@jest/globals';
import { receiveMessage } from '../../../src/saml-core/receive-message.js';
import { allHostile } from './support/all-hostile.js';
import { partnerId } from './support/genuine.js';

const all = allHostile();

test.each(all)('refused: $name', async ({ inbound, partner, expected, refusal }) => {
  const received = await receiveMessage(inbound, {
    partnerOf: (issuer) => (issuer === partnerId ? partner : null),
    expected,
  });
  if (received.ok) throw new Error(`accepted: ${JSON.stringify(received.message)}`);
  const said = refusal.includes(' ') ? `${received.refusal} ${received.detail}` : received.refusal;
  expect(said).toBe(refusal);
});

test('every hostile message has a name of its own', () => {
  expect(new Set(all.map(({ name }) => name)).size).toBe(all.length);
});
