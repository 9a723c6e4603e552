import type { Partner, ReceiveDeps } from '../../../../src/saml-core/received.js';
import { partnerId } from './genuine.js';
import { hostileBytes } from './hostile-bytes.js';
import { hostileEncryption } from './hostile-encryption.js';
import { hostileContent } from './hostile-content.js';
import type { HostileKeys, HostileMessage } from './hostile-message.js';
import { hostileSignatures } from './hostile-signatures.js';
import { testKey } from './key-pairs.js';

export interface HostileCase {
  name: string;
  inbound: HostileMessage['inbound'];
  partner: Partner;
  expected: ReceiveDeps['expected'];
  refusal: string;
}

/** Every hostile message with what its receiver knows. Plain data. */
export function allHostile(): HostileCase[] {
  const keys: HostileKeys = {
    rsa: testKey(),
    other: testKey(),
    weak: testKey('rsa:1024'),
    ec: testKey('ec'),
    koblitz: testKey('ec:secp256k1'),
  };
  return [
    ...hostileBytes,
    ...hostileEncryption(keys),
    ...hostileContent(keys),
    ...hostileSignatures(keys),
  ].map((message) => ({
    name: message.name,
    inbound: message.inbound,
    refusal: message.refusal,
    expected: (message.expected ?? [
      'AuthnRequest',
      'LogoutRequest',
      'LogoutResponse',
    ]) as ReceiveDeps['expected'],
    partner: {
      entityId: partnerId,
      signingCertificates: [keys.ec.certificate, keys.rsa.certificate],
      mustSign: true,
      allowSha1: false,
      ...message.partner,
    },
  }));
}
