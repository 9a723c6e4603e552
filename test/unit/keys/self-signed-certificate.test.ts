import { execFileSync } from 'node:child_process';
import {
  X509Certificate,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
} from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { systemRandom } from '../../../src/kernel/random.js';
import { generateSigningKey } from '../../../src/keys/generate-key.js';
import { selfSignedCertificate } from '../../../src/keys/self-signed-certificate.js';
import { temporaryFolder } from '../../support/temporary-folder.js';

const now = Date.UTC(2026, 10, 24, 16, 9, 31, 580);
const pair = generateKeyPairSync('rsa', { modulusLength: 2048 });
const made = (over: Partial<Parameters<typeof selfSignedCertificate>[0]> = {}) =>
  selfSignedCertificate(
    { ...pair, name: 'https://id.example.org', usage: 'digitalSignature', notBefore: now, ...over },
    systemRandom,
  );
const folder = temporaryFolder();
const openssl = (pem: string, ...args: string[]) =>
  execFileSync('openssl', ['x509', '-in', folder.write('c.pem', pem), '-noout', ...args], {
    encoding: 'utf8',
  });

describe('a self-signed certificate', () => {
  test('holds the key, signs itself, names the issuer and lasts ten years', () => {
    const certificate = new X509Certificate(made());
    expect(certificate.checkPrivateKey(pair.privateKey)).toBe(true);
    expect(certificate.verify(pair.publicKey)).toBe(true);
    expect(certificate.ca).toBe(false);
    expect(certificate.subject).toBe('CN=https://id.example.org');
    expect(certificate.issuer).toBe('CN=https://id.example.org');
    expect(new Date(certificate.validFrom)).toEqual(new Date('2026-11-24T16:09:31Z'));
    expect(new Date(certificate.validTo)).toEqual(new Date('2036-11-24T16:09:31Z'));
    const other = generateKeyPairSync('rsa', { modulusLength: 2048 });
    expect(certificate.verify(other.publicKey)).toBe(false);
  });

  test('is accepted by OpenSSL where it is the one that is trusted', () => {
    const file = folder.write('trusted.pem', made({ notBefore: Date.now() }));
    const args = ['verify', '-x509_strict', '-CAfile', file, file];
    expect(execFileSync('openssl', args, { encoding: 'utf8' })).toContain(': OK');
  });

  test.each([
    ['digitalSignature', 'Digital Signature'],
    ['keyEncipherment', 'Key Encipherment'],
  ] as const)('says what the key is for: %s', (usage, words) => {
    const printed = openssl(made({ usage }), '-text');
    expect(printed).toMatch(new RegExp(`X509v3 Key Usage: critical\\s+${words}\n`));
    expect(printed).toMatch(/X509v3 Basic Constraints: critical\s+CA:FALSE\n/);
    expect(printed).toContain('Version: 3');
    expect(printed).toContain('sha256WithRSAEncryption');
  });

  test('years from 2050 on are written with four digits', () => {
    const certificate = new X509Certificate(made({ notBefore: Date.UTC(2045, 0, 1) }));
    expect(new Date(certificate.validFrom)).toEqual(new Date('2045-01-01T00:00:00Z'));
    expect(new Date(certificate.validTo)).toEqual(new Date('2055-01-01T00:00:00Z'));
  });

  test.each([
    ['a'.repeat(300), 'a'.repeat(64)],
    ['🔑'.repeat(70), '🔑'.repeat(64)],
    ['CN=x, O=y/ö', 'CN=x, O=y/ö'],
  ])('a name of any length and letters fits: %s', (name, written) => {
    const printed = openssl(made({ name }), '-subject', '-nameopt', 'multiline,utf8,-esc_msb');
    expect(printed).toContain(`commonName                = ${written}\n`);
  });

  test.each([0x00, 0x7f, 0x80, 0xff])(
    'serial numbers are positive and 16 bytes long: %s',
    (fill) => {
      const random = { ...systemRandom, bytes: (count: number) => Buffer.alloc(count, fill) };
      const pem = selfSignedCertificate(
        { ...pair, name: 'x', usage: 'digitalSignature', notBefore: now },
        random,
      );
      expect(new X509Certificate(pem).serialNumber).toMatch(/^[4-7][0-9A-F]{31}$/);
    },
  );

  test('no two have the same serial number', () => {
    const serials = [made(), made()].map((pem) => new X509Certificate(pem).serialNumber);
    expect(new Set(serials).size).toBe(2);
  });
});

describe('keys by purpose', () => {
  const certified = { name: 'https://id.example.org', now, random: systemRandom };

  test.each([
    ['saml', 'sig', 'RS256'],
    ['saml-encryption', 'enc', 'RSA-OAEP'],
    ['external-mfa', 'sig', 'RS256'],
  ] as const)('%s has a certificate of its own key', async (purpose, use, alg) => {
    const key = await generateSigningKey({ purpose, algorithm: 'RS256' }, certified);
    expect(key.publicJwk).toMatchObject({ kid: key.kid, use, alg });
    const certificate = new X509Certificate(key.certificate ?? '');
    const privateKey = createPrivateKey({ key: key.privateJwk as never, format: 'jwk' });
    const publicKey = createPublicKey({ key: key.publicJwk as never, format: 'jwk' });
    expect(certificate.checkPrivateKey(privateKey)).toBe(true);
    expect(certificate.verify(publicKey)).toBe(true);
    expect(privateKey.asymmetricKeyDetails?.modulusLength).toBe(2048);
  });

  test('oidc has none', async () => {
    const key = await generateSigningKey({ purpose: 'oidc', algorithm: 'ES256' }, certified);
    expect(key.certificate).toBeNull();
  });
});
