import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { receiveMessage } from '../../../src/saml-core/receive-message.js';
import type { InboundMessage } from '../../../src/saml-core/received.js';
import {
  authnRequest,
  deflated,
  logoutRequest,
  partnerId,
  post,
  redirect,
} from './support/genuine.js';
import { testKey } from './support/key-pairs.js';
import { peerQuery, peerSigned } from './support/peer-signature.js';

const key = testKey();
const deps = {
  partnerOf: () => ({
    entityId: partnerId,
    signingCertificates: [key.certificate],
    mustSign: true,
    allowSha1: false,
  }),
  expected: ['AuthnRequest', 'LogoutRequest'] as const,
};

const genuine = [
  peerSigned(authnRequest({ content: '<samlp:NameIDPolicy AllowCreate="true"/>' }), key),
  peerSigned(logoutRequest({ nameId: 'alice@example.org' }), key),
];

/** Pieces of one message put, swapped or repeated anywhere in it, and anything in place of anything. */
const edit = fc.record({
  how: fc.constantFrom('replace', 'copy', 'move', 'delete'),
  from: fc.nat(),
  to: fc.nat(),
  size: fc.integer({ min: 1, max: 400 }),
  text: fc.oneof(
    fc.constantFrom(
      '<a/>',
      '<!-- -->',
      '<![CDATA[x]]>',
      ' ',
      '&#32;',
      '"',
      '<saml:NameID>eve</saml:NameID>',
      'ID="_x"',
      'xmlns:saml="urn:x"',
      'evil',
      '_genuine',
    ),
    fc.string({ minLength: 1, maxLength: 3 }),
  ),
  /** Whole elements rather than any piece. */
  whole: fc.boolean(),
});
type Edit = typeof edit extends fc.Arbitrary<infer Value> ? Value : never;

function edited(xml: string, { how, from, to, size, text, whole }: Edit): string {
  const marks = whole ? [...xml.matchAll(/</g)].map(({ index }) => index) : [];
  const place = (at: number) => (whole ? (marks[at % marks.length] ?? 0) : at % xml.length);
  const start = place(from);
  const end = whole ? Math.max(start, place(from + (size % 12) + 1)) : start + size;
  const piece = xml.slice(start, end);
  const without = xml.slice(0, start) + xml.slice(end);
  const insert = (into: string, what: string) => {
    const at = Math.min(place(to), into.length);
    return into.slice(0, at) + what + into.slice(at);
  };
  if (how === 'replace') return xml.slice(0, start) + text + xml.slice(start + text.length);
  if (how === 'copy') return insert(xml, piece);
  if (how === 'move') return insert(without, piece);
  return without;
}

test('however a signed message is changed, it says what was signed or it is refused', async () => {
  const originals = await Promise.all(genuine.map((xml) => receiveMessage(post(xml), deps)));
  expect(originals).toMatchObject([{ ok: true }, { ok: true }]);
  let accepted = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.nat({ max: genuine.length - 1 }),
      fc.array(edit, { minLength: 1, maxLength: 3 }),
      async (which, edits) => {
        const received = await receiveMessage(
          post(edits.reduce(edited, genuine[which] as string)),
          deps,
        );
        if (!received.ok) return;
        accepted += 1;
        expect(received).toEqual(originals[which]);
      },
    ),
    { numRuns: 1500 },
  );
  // Changes to what nobody signs or reads (the certificate that came along) are among them.
  expect(accepted).toBeGreaterThan(0);
});

test('the same by Redirect', async () => {
  const query = peerQuery('SAMLRequest', deflated(logoutRequest()), key, { relayState: 'r' });
  const inbound = (rawQuery: string): InboundMessage => redirect(rawQuery);
  const original = await receiveMessage(inbound(query), deps);
  expect(original).toMatchObject({ ok: true });
  await fc.assert(
    fc.asyncProperty(fc.array(edit, { minLength: 1, maxLength: 2 }), async (edits) => {
      const changed = edits.reduce((text, one) => edited(text, { ...one, whole: false }), query);
      const received = await receiveMessage(inbound(changed), deps);
      if (received.ok) expect(received).toEqual(original);
    }),
    { numRuns: 800 },
  );
});
