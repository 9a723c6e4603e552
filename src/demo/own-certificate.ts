import { createPrivateKey, createPublicKey, generateKeyPair, X509Certificate } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Clock } from '../kernel/clock.js';
import { randomToken, type RandomSource } from '../kernel/random.js';
import { selfSignedCertificate } from '../keys/self-signed-certificate.js';

/** What the demo serves https with, as PEM. */
export interface OwnCertificate {
  key: string;
  certificate: string;
  /** SHA-256, as browsers show it. */
  fingerprint: string;
}

/** iPhones take no certificate of a server that is valid for longer than 825 days. */
const validDays = 365;
const leastLeftMs = 24 * 60 * 60_000;

/**
 * The certificate for a host, kept in `https.pem` of the folder (mode 600, its key with it) so that what a browser was
 * told to accept once stays the same. Made anew when there is none, for another host, or when it runs out. No trust
 * store of this computer is touched: browsers will warn.
 */
export async function ownCertificate(
  folder: string,
  host: string,
  { clock, random }: { clock: Clock; random: RandomSource },
): Promise<OwnCertificate> {
  const file = join(folder, 'https.pem');
  const kept = await readIfPresent(file);
  const usable = kept === null ? null : readPem(kept, host, clock.now());
  if (usable !== null) return usable;

  const pair = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 });
  const key = pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const hosts = [...new Set([host, 'localhost', '127.0.0.1'])];
  const certificate = selfSignedCertificate(
    {
      ...pair,
      name: 'Drawbridge demo',
      usage: 'digitalSignature',
      notBefore: clock.now() - leastLeftMs,
      server: { hosts, validDays },
    },
    random,
  );
  const draft = `${file}.${randomToken(random, 64)}`;
  await writeFile(draft, key + certificate, { mode: 0o600, flag: 'wx' });
  await rename(draft, file);
  return { key, certificate, fingerprint: new X509Certificate(certificate).fingerprint256 };
}

/** `null` for what cannot be used for this host any more, or never could. */
function readPem(pem: string, host: string, now: number): OwnCertificate | null {
  const [key] = /-----BEGIN PRIVATE KEY-----[^-]+-----END PRIVATE KEY-----\n/.exec(pem) ?? [];
  const [certificate] =
    /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----\n/.exec(pem) ?? [];
  if (key === undefined || certificate === undefined) return null;
  try {
    const read = new X509Certificate(certificate);
    const fits = read.checkHost(host) !== undefined || read.checkIP(host) !== undefined;
    const belongs = read.publicKey.equals(createPublicKey(createPrivateKey(key)));
    const lasts = Date.parse(read.validFrom) <= now && Date.parse(read.validTo) > now + leastLeftMs;
    return fits && belongs && lasts ? { key, certificate, fingerprint: read.fingerprint256 } : null;
  } catch {
    return null;
  }
}

async function readIfPresent(file: string): Promise<string | null> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
