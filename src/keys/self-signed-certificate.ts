import { sign } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { isIPv4 } from 'node:net';
import type { RandomSource } from '../kernel/random.js';
import {
  bits,
  explicit,
  implicit,
  integer,
  nothing,
  objectIdentifier,
  octets,
  sequence,
  set,
  time,
  utf8,
  yes,
} from './der.js';

/** What a key may be used for, as its certificate says (RFC 5280, 4.2.1.3). */
export type KeyUsage = 'digitalSignature' | 'keyEncipherment';

export interface CertificateContent {
  /** RSA. */
  privateKey: KeyObject;
  publicKey: KeyObject;
  /** The common name; only its first 64 characters go in (RFC 5280, ub-common-name). */
  name: string;
  usage: KeyUsage;
  /** Milliseconds since the epoch; the certificate is valid for ten years from here, unless `server` says otherwise. */
  notBefore: number;
  /** For a TLS server: the names and IPv4 addresses it answers to (RFC 5280, 4.2.1.6). */
  server?: { hosts: readonly string[]; validDays: number };
}

const longestName = 64;
const serialBytes = 16;
const validYears = 10;

const sha256WithRsa = sequence(objectIdentifier('1.2.840.113549.1.1.11'), nothing);

const usageBits: Record<KeyUsage, Buffer> = {
  digitalSignature: bits(Buffer.of(0x80), 7),
  keyEncipherment: bits(Buffer.of(0x20), 5),
};

/**
 * An X.509 v3 certificate of an RSA key, signed by itself with SHA-256, as PEM. It is a wrapper for the public key:
 * SAML partners compare the key and look at nothing else, but some refuse one whose dates have passed.
 */
export function selfSignedCertificate(content: CertificateContent, random: RandomSource): string {
  const { privateKey, publicKey, usage, notBefore, server } = content;
  const notAfter = server ? notBefore + server.validDays * 86_400_000 : yearsLater(notBefore);
  const name = commonName([...content.name].slice(0, longestName).join(''));
  const toBeSigned = sequence(
    explicit(0, integer(Buffer.of(2))),
    serialNumber(random),
    sha256WithRsa,
    name,
    sequence(time(notBefore), time(notAfter)),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    explicit(
      3,
      sequence(
        critical('2.5.29.19', sequence()),
        critical('2.5.29.15', usageBits[usage]),
        ...(server ? ofServer(server.hosts) : []),
      ),
    ),
  );
  const signature = sign('sha256', toBeSigned, privateKey);
  return pem(sequence(toBeSigned, sha256WithRsa, bits(signature)));
}

function ofServer(hosts: readonly string[]): Buffer[] {
  const names = hosts.map((host) =>
    isIPv4(host)
      ? implicit(7, Buffer.from(host.split('.').map(Number)))
      : implicit(2, Buffer.from(host, 'ascii')),
  );
  const serverAuthentication = objectIdentifier('1.3.6.1.5.5.7.3.1');
  return [
    sequence(objectIdentifier('2.5.29.37'), octets(sequence(serverAuthentication))),
    sequence(objectIdentifier('2.5.29.17'), octets(sequence(...names))),
  ];
}

function commonName(name: string): Buffer {
  return sequence(set(sequence(objectIdentifier('2.5.4.3'), utf8(name))));
}

/** Positive and always of the same length: the first bit is off and the second is on. */
function serialNumber(random: RandomSource): Buffer {
  const bytes = Buffer.from(random.bytes(serialBytes));
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40;
  return integer(bytes);
}

function yearsLater(at: number): number {
  const date = new Date(at);
  return date.setUTCFullYear(date.getUTCFullYear() + validYears);
}

const critical = (identifier: string, value: Buffer): Buffer =>
  sequence(objectIdentifier(identifier), yes, octets(value));

function pem(der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
}
