import { createHash, randomBytes } from 'node:crypto';
import {
  approvalKeyStatement,
  approvalScalar,
  codeAt,
  codeSecret,
  fingerprint,
  mixIn,
  publicKeyOf,
  signBytes,
  signedText,
  stretch,
} from './keys.js';
import { blind, finalize } from './oprf.js';
import { mod, n, toBytes, toNumber } from './p256.js';

export interface Answer {
  status: number;
  headers: Headers;
  body: Record<string, unknown>;
}

/** A request as it was sent, to be sent again or altered. */
export interface Sent {
  method: string;
  url: string;
  body: string;
  proof: string;
}

/** What a challenge looks like to a phone. */
export interface ReceivedChallenge {
  id: string;
  profile: string;
  relyingParty: string;
  service: string;
  place: string;
  browser: string;
  at: number;
  nonce: string;
  expiresAt: number;
  digits: number;
}

/** What a profile keeps; copied, it is what a thief has. */
export interface KeptProfile {
  profile: string;
  activation: string;
  salt: Buffer;
  deviceSecret: Buffer;
  deviceKey: Buffer;
  seq: number;
  lastIat: number;
  offset: number;
}

const b64u = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url');
const randomScalar = (): bigint => (toNumber(randomBytes(48)) % (n - 1n)) + 1n;

/** One profile on one phone. Keeps in memory what the contract lets a phone keep, and computes the rest from the PIN each time. */
export class ReferenceAuthenticator {
  readonly #base: string;
  readonly #now: () => number;
  #public: { of: Buffer; key: Buffer } | null = null;
  kept: KeptProfile;
  /** The last request, for retries. */
  last: Sent | null = null;

  /** @param publicUrl without a slash at the end @param now the device's clock */
  constructor(publicUrl: string, now: () => number = Date.now, kept?: KeptProfile) {
    this.#base = `${publicUrl}/authenticator/api`;
    this.#now = now;
    this.kept = kept ?? {
      profile: '',
      activation: '',
      salt: randomBytes(16),
      deviceSecret: randomBytes(32),
      deviceKey: toBytes(randomScalar()),
      seq: 0,
      lastIat: 0,
      offset: 0,
    };
  }

  /** A second phone with the same storage. */
  copy(publicUrl: string): ReferenceAuthenticator {
    return new ReferenceAuthenticator(publicUrl, this.#now, { ...this.kept });
  }

  /** Slow to compute, so it is kept as long as it is of the same key. */
  get devicePublicKey(): Buffer {
    const { deviceKey } = this.kept;
    if (this.#public?.of !== deviceKey)
      this.#public = { of: deviceKey, key: publicKeyOf(deviceKey) };
    return this.#public.key;
  }

  get fingerprint(): string {
    return fingerprint(this.kept.activation, this.devicePublicKey);
  }

  async begin(
    code: string,
    options: { secondSecret?: string; name?: string } = {},
  ): Promise<Answer> {
    const { secondSecret, name = 'Reference phone' } = options;
    const body = JSON.stringify({
      code,
      ...(secondSecret === undefined ? {} : { secondSecret }),
      deviceKey: b64u(this.devicePublicKey),
      device: { installation: b64u(Buffer.alloc(16, 5)), name },
    });
    const answer = await this.#fetch('POST', `${this.#base}/activation/begin`, body, {});
    if (answer.status === 201) {
      this.kept.profile = String(answer.body['profile']);
      this.kept.activation = String(answer.body['activation']);
    }
    return answer;
  }

  /** Begin to waiting: afterwards the fingerprint has to be confirmed on the web page. */
  async activate(
    code: string,
    pin: string,
    options: { secondSecret?: string; name?: string; codes?: boolean } = {},
  ): Promise<Answer> {
    const begun = await this.begin(code, options);
    return begun.status === 201 ? this.complete(pin, options) : begun;
  }

  /** What follows after `begin`. */
  async complete(pin: string, options: { codes?: boolean } = {}): Promise<Answer> {
    const x = await this.input(pin);
    const evaluated = await this.evaluate('/activation/evaluate', x);
    if (!('scalar' in evaluated)) return evaluated;
    const approvalKey = publicKeyOf(evaluated.scalar);
    const { activation } = this.kept;
    const statement = approvalKeyStatement(activation, this.devicePublicKey, approvalKey);
    return this.post('/activation/complete', {
      approvalKey: b64u(approvalKey),
      proof: b64u(signBytes(evaluated.scalar, statement)),
      ...(options.codes === false ? {} : { codeSecret: b64u(codeSecret(x)) }),
    });
  }

  activationState = (): Promise<Answer> => this.send('GET', '/activation');
  inbox = (): Promise<Answer> => this.send('GET', '/inbox');

  async pending(): Promise<ReceivedChallenge[]> {
    return (await this.inbox()).body['challenges'] as ReceivedChallenge[];
  }

  /** Evaluates and answers. `alter` changes the payload before it is signed. */
  async approve(
    challenge: ReceivedChallenge,
    typed: { number: string; pin: string },
    alter: (payload: Record<string, unknown>) => Record<string, unknown> = (payload) => payload,
  ): Promise<Answer> {
    const evaluated = await this.evaluate(
      `/challenges/${challenge.id}/evaluate`,
      await this.input(typed.pin),
    );
    if (!('scalar' in evaluated)) return evaluated;
    const payload = alter(this.payload(challenge, 'approve', typed.number));
    return this.answer(challenge.id, this.signed(payload, evaluated.scalar));
  }

  async deny(challenge: ReceivedChallenge, decision: 'deny' | 'not_me' = 'deny'): Promise<Answer> {
    return this.answer(challenge.id, this.signed(this.payload(challenge, decision, null), null));
  }

  answer(challenge: string, texts: { device: string; approval?: string }): Promise<Answer> {
    return this.post(`/challenges/${challenge}/answer`, texts);
  }

  /** What is signed, for the request that comes next. */
  payload(
    challenge: ReceivedChallenge,
    decision: string,
    number: string | null,
  ): Record<string, unknown> {
    const { id, relyingParty, service, place, browser, at, nonce } = challenge;
    const { profile } = this.kept;
    const context = { challenge: id, profile, relyingParty, service, place, browser, at, nonce };
    return { ...context, number, decision, seq: this.kept.seq + 1 };
  }

  signed(
    payload: Record<string, unknown>,
    approvalKey: Uint8Array | null,
  ): { device: string; approval?: string } {
    const text = JSON.stringify(payload);
    const { profile, deviceKey } = this.kept;
    const device = signedText('approval', { kid: `${profile}#device`, scalar: deviceKey }, text);
    if (approvalKey === null) return { device };
    const key = { kid: `${profile}#approval`, scalar: approvalKey };
    return { device, approval: signedText('approval', key, text) };
  }

  /** `x` of section 3. */
  async input(pin: string): Promise<Buffer> {
    return mixIn(this.kept.deviceSecret, await stretch(pin, this.kept.salt));
  }

  /** The approval key's scalar, or the refusal. */
  async evaluate(path: string, x: Buffer): Promise<{ scalar: Buffer } | Answer> {
    const r = randomScalar();
    const answer = await this.post(path, { blinded: b64u(blind(x, r)) });
    if (answer.status !== 200) return answer;
    const evaluated = Buffer.from(String(answer.body['evaluated']), 'base64url');
    return { scalar: approvalScalar(finalize(x, mod(r, n), evaluated)) };
  }

  /** Works with no network. */
  async code(pin: string): Promise<string> {
    return codeAt(codeSecret(await this.input(pin)), this.#now() + this.kept.offset);
  }

  subscribe(endpoint: string, keys: { p256dh: string; auth: string }): Promise<Answer> {
    return this.send('PUT', '/subscription', JSON.stringify({ endpoint, keys }));
  }

  unsubscribe = (): Promise<Answer> => this.send('DELETE', '/subscription');
  codes = (): Promise<Answer> => this.send('GET', '/codes');
  dropCodes = (): Promise<Answer> => this.send('DELETE', '/codes');
  remove = (): Promise<Answer> => this.send('DELETE', '/profile');
  rename = (name: string): Promise<Answer> =>
    this.send('PATCH', '/profile', JSON.stringify({ name }));

  post(path: string, body: object): Promise<Answer> {
    return this.send('POST', path, JSON.stringify(body));
  }

  async send(method: string, path: string, body = ''): Promise<Answer> {
    return this.replay(this.prepare(method, path, body));
  }

  /** Signs the next request without sending it. */
  prepare(method: string, path: string, body = ''): Sent {
    const { profile, deviceKey } = this.kept;
    this.kept.seq += 1;
    this.kept.lastIat = Math.max(this.#now() + this.kept.offset, this.kept.lastIat + 1);
    const url = `${this.#base}${path}`;
    const payload = {
      profile,
      seq: this.kept.seq,
      iat: this.kept.lastIat,
      htm: method,
      htu: url,
      body: createHash('sha256').update(body).digest('base64url'),
    };
    const key = { kid: `${profile}#device`, scalar: deviceKey };
    this.last = { method, url, body, proof: signedText('request', key, JSON.stringify(payload)) };
    return this.last;
  }

  /** Sends what was signed, also a second time. */
  replay({ method, url, body, proof }: Sent): Promise<Answer> {
    return this.#fetch(method, url, body, { 'Drawbridge-Request': proof });
  }

  /** An open stream; the caller reads and cancels its body. */
  stream(signal: AbortSignal): Promise<Response> {
    const { url, proof } = this.prepare('GET', '/inbox/stream');
    const headers = { 'Drawbridge-Request': proof, accept: 'text/event-stream' };
    return fetch(url, { headers, signal });
  }

  async #fetch(
    method: string,
    url: string,
    body: string,
    headers: Record<string, string>,
  ): Promise<Answer> {
    const started = this.#now();
    const type = body === '' ? {} : { 'content-type': 'application/json' };
    const response = await fetch(url, {
      method,
      headers: { ...headers, ...type },
      ...(body === '' ? {} : { body }),
    });
    const text = await response.text();
    const answer = (text === '' ? {} : JSON.parse(text)) as Record<string, unknown>;
    if (typeof answer['time'] === 'number') {
      this.kept.offset = Math.round(answer['time'] - (started + this.#now()) / 2);
    }
    return { status: response.status, headers: response.headers, body: answer };
  }
}
