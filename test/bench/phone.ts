import {
  createHash,
  createPrivateKey,
  generateKeyPairSync,
  sign,
  type KeyObject,
} from 'node:crypto';
import type { ReceivedChallenge } from '../support/reference-authenticator/reference-authenticator.js';

/** The keys that all phones of a measured server share: what is measured does not depend on whose they are. */
export interface PhoneKeys {
  /** PEM. */
  device: string;
  approval: string;
}

export function newPhoneKeys(): PhoneKeys {
  const one = () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    return privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
  };
  return { device: one(), approval: one() };
}

/** An uncompressed point. */
export function publicPointOf(pem: string): Buffer {
  const { x = '', y = '' } = createPrivateKey(pem).export({ format: 'jwk' });
  return Buffer.concat([Buffer.of(4), Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')]);
}

const idOf = (prefix: string, index: number): string => {
  const bytes = Buffer.alloc(16);
  bytes.writeUInt32BE(index, 12);
  return `${prefix}_${bytes.toString('base64url')}`;
};
export const profileIdOf = (index: number): string => idOf('prf', index);
export const deviceIdOf = (index: number): string => idOf('dev', index);
export const usernameOf = (index: number): string => `person${index}`;

/**
 * A phone that holds its keys ready. PIN, Argon2 and the blind evaluation of real ones are left out, because they are the phone's
 * time and not the server's; what it sends is what a real one sends.
 */
export class Phone {
  readonly #api: string;
  readonly #profile: string;
  readonly #keys: { device: KeyObject; approval: KeyObject };
  readonly #point: string;
  #seq = 0;
  #iat = 0;

  constructor(url: string, index: number, keys: PhoneKeys) {
    this.#api = `${url}/authenticator/api`;
    this.#profile = profileIdOf(index);
    const { device, approval } = keys;
    this.#keys = { device: createPrivateKey(device), approval: createPrivateKey(approval) };
    const point = publicPointOf(device);
    this.#point = Buffer.concat([
      Buffer.of(2 + ((point[64] ?? 0) & 1)),
      point.subarray(1, 33),
    ]).toString('base64url');
  }

  subscribe(subscription: object): Promise<unknown> {
    return this.#send('PUT', '/subscription', subscription);
  }

  async pending(): Promise<ReceivedChallenge> {
    const { challenges } = (await this.#send('GET', '/inbox')) as {
      challenges: ReceivedChallenge[];
    };
    const [challenge] = challenges;
    if (challenge === undefined) throw new Error('nothing is pending');
    return challenge;
  }

  /** What comes before an approval: afterwards one press is missing. */
  async evaluate({ id }: ReceivedChallenge): Promise<void> {
    await this.#send('POST', `/challenges/${id}/evaluate`, { blinded: this.#point });
  }

  async approve(challenge: ReceivedChallenge, number: string): Promise<void> {
    const { id, relyingParty, service, place, browser, at, nonce } = challenge;
    const profile = this.#profile;
    const context = { challenge: id, profile, relyingParty, service, place, browser, at, nonce };
    const payload = { ...context, number, decision: 'approve', seq: this.#seq + 1 };
    const device = this.#sign('approval', 'device', payload);
    const approval = this.#sign('approval', 'approval', payload);
    await this.#send('POST', `/challenges/${id}/answer`, { device, approval });
  }

  /** Of a request to `path`, which it is good for once. */
  proofOf(method: string, path: string, body = ''): string {
    this.#seq += 1;
    this.#iat = Math.max(Date.now(), this.#iat + 1);
    return this.#sign('request', 'device', {
      profile: this.#profile,
      seq: this.#seq,
      iat: this.#iat,
      htm: method,
      htu: this.#api + path,
      body: createHash('sha256').update(body).digest('base64url'),
    });
  }

  async #send(method: string, path: string, content?: object): Promise<unknown> {
    const body = content === undefined ? '' : JSON.stringify(content);
    const headers = { 'Drawbridge-Request': this.proofOf(method, path, body) };
    const response = await fetch(this.#api + path, {
      method,
      headers: body === '' ? headers : { ...headers, 'content-type': 'application/json' },
      ...(body === '' ? {} : { body }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${path}: ${response.status} ${text}`);
    return text === '' ? null : JSON.parse(text);
  }

  #sign(purpose: 'request' | 'approval', key: 'device' | 'approval', payload: object): string {
    const header = {
      alg: 'ES256',
      typ: `drawbridge-${purpose}+jws`,
      kid: `${this.#profile}#${key}`,
    };
    const text = [header, payload]
      .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
      .join('.');
    const by = { key: this.#keys[key], dsaEncoding: 'ieee-p1363' } as const;
    return `${text}.${sign('sha256', Buffer.from(text), by).toString('base64url')}`;
  }
}
