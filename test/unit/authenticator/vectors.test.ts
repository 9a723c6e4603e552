import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { pinFault } from '../../../src/authenticator/web/pin/pin-rules.js';
import { readSignedText } from '../../../src/devices/crypto/read-signed-text.js';
import { verifySignature } from '../../../src/devices/crypto/public-key.js';
import * as keys from '../../support/reference-authenticator/keys.js';
import * as oprf from '../../support/reference-authenticator/oprf.js';
import { toNumber } from '../../support/reference-authenticator/p256.js';

const vectors = JSON.parse(readFileSync('test/fixtures/authenticator-vectors.json', 'utf8'));
const bytes = (text: string) => Buffer.from(text, 'hex');
const device = bytes(vectors.device.publicKey);
const [right] = vectors.derivations;

test('fixture and page are what the product computes', () => {
  const script = ['scripts/run-typescript.js', 'scripts/authenticator-vectors.ts', '--check'];
  expect(() => execFileSync(process.execPath, script, { stdio: 'pipe' })).not.toThrow();
});

test('the app lets their PINs be chosen', () => {
  const pins = vectors.derivations.map(({ pin }: { pin: string }) => pin);
  expect(pins.map(pinFault)).toEqual([null, null]);
});

describe.each([0, 1])('the reference client, derivation %i', (index) => {
  const vector = vectors.derivations[index];

  test('stretches, mixes and derives the code secret and its codes', async () => {
    const stretched = await keys.stretch(vector.pin, bytes(vector.salt));
    expect(stretched.toString('hex')).toBe(vector.stretched);
    const x = keys.mixIn(bytes(vector.deviceSecret), stretched);
    expect(x.toString('hex')).toBe(vector.x);
    const secret = keys.codeSecret(x);
    expect(secret.toString('hex')).toBe(vector.codeSecret);
    for (const { time, code } of vector.codes) expect(keys.codeAt(secret, time)).toBe(code);
  });

  test('blinds, evaluates, finalises, and derives the approval key', () => {
    const x = bytes(vector.x);
    const r = toNumber(bytes(vector.blind));
    const key = oprf.deriveKey(bytes(vector.oprfSeed), 'drawbridge-authenticator-v1 profile-key');
    expect(key.toString('hex')).toBe(vector.oprfKey);
    expect(oprf.blind(x, r).toString('hex')).toBe(vector.blinded);
    expect(oprf.evaluate(key, bytes(vector.blinded)).toString('hex')).toBe(vector.evaluated);
    const seed = oprf.finalize(x, r, bytes(vector.evaluated));
    expect(seed.toString('hex')).toBe(vector.seed);
    const scalar = keys.approvalScalar(seed);
    expect(scalar.toString('hex')).toBe(vector.approvalKey);
    expect(keys.publicKeyOf(scalar).toString('hex')).toBe(vector.approvalPublicKey);
  });
});

test('another PIN gives another approval key and another code secret', () => {
  const [one, other] = vectors.derivations;
  expect(other.approvalPublicKey).not.toBe(one.approvalPublicKey);
  expect(other.codeSecret).not.toBe(one.codeSecret);
});

test('the published vector of RFC 9497, A.3.1', () => {
  const key = oprf.deriveKey(Buffer.alloc(32, 0xa3), 'test key');
  expect(key.toString('hex')).toBe(
    '159749d750713afe245d2d39ccfaae8381c53ce92d098a9375ee70739c7ac0bf',
  );
  const r = 0x3338fa65ec36e0290022b48eb562889d89dbfa691d1cde91517fa222ed7ad364n;
  const blinded = oprf.blind(Buffer.of(0), r);
  expect(blinded.toString('hex')).toBe(
    '03723a1e5c09b8b9c18d1dcbca29e8007e95f14f4732d9346d490ffc195110368d',
  );
  const evaluated = oprf.evaluate(key, blinded);
  expect(evaluated.toString('hex')).toBe(
    '030de02ffec47a1fd53efcdd1c6faf5bdc270912b8749e783c7ca75bb412958832',
  );
  expect(oprf.finalize(Buffer.of(0), r, evaluated).toString('hex')).toBe(
    'a0b34de5fa4c5b6da07e72af73cc507cceeb48981b97b7285fc375345fe495dd',
  );
});

test('fingerprint, activation code, and the proof of the approval key', () => {
  expect(keys.fingerprint(vectors.activation, device)).toBe(vectors.fingerprint);
  expect(keys.activationCode(bytes(vectors.activationCode.bytes))).toBe(
    vectors.activationCode.code,
  );
  const approval = bytes(right.approvalPublicKey);
  const statement = keys.approvalKeyStatement(vectors.activation, device, approval);
  expect(statement.toString('hex')).toBe(vectors.approvalKeyProof.statement);
  const signature = bytes(vectors.approvalKeyProof.signature);
  expect(keys.verifyBytes(approval, statement, signature)).toBe(true);
  const own = keys.signBytes(bytes(right.approvalKey), statement);
  expect(verifySignature(approval, statement, own)).toBe(true);
});

test('signed texts of one are read by the other', () => {
  const { profile } = vectors;
  const payload = JSON.stringify(vectors.approval.payload);
  const text = keys.signedText(
    'approval',
    { kid: `${profile}#approval`, scalar: bytes(right.approvalKey) },
    payload,
  );
  const [header, middle] = text.split('.');
  expect(vectors.approval.approval).toContain(`${header}.${middle}.`);
  const publicKey = bytes(right.approvalPublicKey);
  const by = { use: 'approval-by-approval-key', profile, publicKey } as const;
  expect(readSignedText(text, by)?.payload).toEqual(vectors.approval.payload);
  for (const [given, point] of [
    [vectors.request.text, device],
    [vectors.approval.device, device],
    [vectors.approval.approval, publicKey],
  ] as const) {
    const [head, body, signature] = given.split('.');
    const signed = Buffer.from(`${head}.${body}`);
    expect(keys.verifyBytes(point, signed, Buffer.from(signature, 'base64url'))).toBe(true);
  }
});
