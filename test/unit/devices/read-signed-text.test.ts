import { expect, test } from '@jest/globals';
import { createHmac, sign } from 'node:crypto';
import { readSignedText } from '../../../src/devices/crypto/read-signed-text.js';
import { publicKeyOf, signedText, signingKey } from '../../support/reference-authenticator/keys.js';

const scalar = Buffer.alloc(32, 3);
const publicKey = publicKeyOf(scalar);
const profile = 'prf_AAECAwQFBgcICQoLDA0ODw';
const by = { use: 'request', profile, publicKey } as const;
const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const right = { alg: 'ES256', typ: 'drawbridge-request+jws', kid: `${profile}#device` };
const payload = { profile, seq: 1 };

function signedAs(header: unknown, middle = part(payload)): string {
  const start = `${part(header)}.${middle}`;
  const key = { key: signingKey(scalar), dsaEncoding: 'ieee-p1363' } as const;
  return `${start}.${sign('sha256', Buffer.from(start), key).toString('base64url')}`;
}

test('the exact header, in any order of its members, is read', () => {
  const kid = right.kid;
  expect(readSignedText(signedAs(right), by)?.payload).toEqual(payload);
  expect(readSignedText(signedAs({ kid, typ: right.typ, alg: 'ES256' }), by)).not.toBeNull();
});

test.each([
  ['alg none', { ...right, alg: 'none' }],
  ['alg HS256', { ...right, alg: 'HS256' }],
  ['another alg of the same curve', { ...right, alg: 'ES256K' }],
  ['another profile', { ...right, kid: 'prf_other#device' }],
  ['the other key of the profile', { ...right, kid: `${profile}#approval` }],
  ['another use', { ...right, typ: 'drawbridge-approval+jws' }],
  ['a key in the header', { ...right, jwk: {} }],
  ['crit', { ...right, crit: ['b64'], b64: false }],
  ['no kid', { alg: right.alg, typ: right.typ }],
  ['an array', [right]],
])('%s is refused, though rightly signed', (_, header) => {
  expect(readSignedText(signedAs(header), by)).toBeNull();
});

test('what is unsigned, signed with the public key as a secret, or by another key is refused', () => {
  const start = `${part({ ...right, alg: 'HS256' })}.${part(payload)}`;
  const mac = createHmac('sha256', publicKey).update(start).digest('base64url');
  const none = `${part({ ...right, alg: 'none' })}.${part(payload)}.`;
  const key = { kid: right.kid, scalar: Buffer.alloc(32, 4) };
  const other = signedText('request', key, JSON.stringify(payload));
  for (const text of [`${start}.${mac}`, none, other]) {
    expect(readSignedText(text, by)).toBeNull();
  }
});

test.each([
  ['no text', 7],
  ['empty', ''],
  ['four parts', `${signedAs(right)}.x`],
  ['padding', signedAs(right, `${part(payload)}==`)],
  ['a payload that is no object', signedAs(right, part([1]))],
  ['invalid UTF-8', signedAs(right, Buffer.from([0x7b, 0xff, 0x7d]).toString('base64url'))],
  ['a member twice', signedAs(right, Buffer.from('{"seq":1,"seq":2}').toString('base64url'))],
  [
    'the same member twice',
    signedAs(right, Buffer.from('{"seq":1,"seq":1}').toString('base64url')),
  ],
  ['deeply nested', signedAs(right, Buffer.from('['.repeat(2000)).toString('base64url'))],
  ['too long', signedAs(right, part({ ...payload, more: 'x'.repeat(5000) }))],
])('%s is refused without an error', (_, text) => {
  expect(readSignedText(text, by)).toBeNull();
});
