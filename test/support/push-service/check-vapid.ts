import { createPublicKey, verify } from 'node:crypto';

export interface VapidClaims {
  aud: string;
  exp: number;
  sub: string;
}

/** RFC 8292: the claims, when the header is signed by the key it names. @throws Error */
export function checkVapid(
  authorization: string,
  expected: { audience: string; publicKey: string },
): VapidClaims {
  const fields = /^vapid t=([\w-]+)\.([\w-]+)\.([\w-]+), ?k=([\w-]+)$/.exec(authorization);
  if (fields === null) throw new Error(`no VAPID header: ${authorization}`);
  const [, header = '', payload = '', signature = '', key = ''] = fields;
  if (key !== expected.publicKey) throw new Error('another key than was subscribed with');
  const point = Buffer.from(key, 'base64url');
  const jwk = {
    kty: 'EC',
    crv: 'P-256',
    x: point.subarray(1, 33).toString('base64url'),
    y: point.subarray(33).toString('base64url'),
  };
  const publicKey = createPublicKey({ key: jwk, format: 'jwk' });
  const signed = Buffer.from(`${header}.${payload}`);
  const bytes = Buffer.from(signature, 'base64url');
  if (!verify('sha256', signed, { key: publicKey, dsaEncoding: 'ieee-p1363' }, bytes)) {
    throw new Error('the signature is wrong');
  }
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as VapidClaims;
  if (claims.aud !== expected.audience) throw new Error(`for ${claims.aud}`);
  const seconds = claims.exp - Date.now() / 1_000;
  if (seconds <= 0 || seconds > 86_400) throw new Error(`expires in ${seconds} s`);
  if (!/^(mailto:[^@]+@[^@]+|https:\/\/[^/]+)/.test(claims.sub)) throw new Error(claims.sub);
  return claims;
}
