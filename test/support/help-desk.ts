import { createHash, randomUUID } from 'node:crypto';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { helpDeskScopes } from '../../src/help-desk/help-desk-resource.js';
import type { OidcSettings } from '../../src/protocols/oidc/client-settings.js';
import type { RelyingParty } from '../../src/relying-parties/relying-party.js';
import { oidcParty } from './start-server.js';

export const allScopes = helpDeskScopes.join(' ');

/** A program of the help desk as its file would have it. */
export const deskParty = (
  id: string,
  scope: string | undefined = allScopes,
  more: Partial<OidcSettings> = {},
): RelyingParty =>
  oidcParty(id, { redirect_uris: [], grant_types: ['client_credentials'], scope, ...more });

type Pair = Awaited<ReturnType<typeof generateKeyPair>>;

export interface Answered {
  status: number;
  headers: Headers;
  body: Record<string, unknown>;
}

/** A program of the help desk, written from docs/help-desk-api.md. */
export class DeskProgram {
  readonly url: string;
  readonly id: string;
  readonly resource: string;
  token = '';
  key: Pair | null = null;

  private constructor(url: string, id: string) {
    this.url = url;
    this.id = id;
    this.resource = `${url}/api/help-desk`;
  }

  static async start(url: string, id: string, options: { bound?: boolean; scope?: string } = {}) {
    const program = new DeskProgram(url, id);
    if (options.bound === true) program.key = await generateKeyPair('ES256');
    const { status, body } = await program.ask(options.scope);
    if (status !== 200) throw new Error(`no token: ${JSON.stringify(body)}`);
    program.token = String(body['access_token']);
    return program;
  }

  /** Without a token: what does the token endpoint say? */
  static at(url: string, id: string): DeskProgram {
    return new DeskProgram(url, id);
  }

  async ask(scope: string = allScopes, resource = this.resource): Promise<Answered> {
    const basic = Buffer.from(`${this.id}:secret-of-${this.id}-0123456789`).toString('base64');
    const headers: Record<string, string> = { authorization: `Basic ${basic}` };
    if (this.key !== null) headers['dpop'] = await this.proof('POST', `${this.url}/token`, {});
    return answered(
      await fetch(`${this.url}/token`, {
        method: 'POST',
        headers,
        body: new URLSearchParams({ grant_type: 'client_credentials', scope, resource }),
      }),
    );
  }

  async proof(
    htm: string,
    htu: string,
    claims: Record<string, unknown>,
    key = this.key,
  ): Promise<string> {
    if (key === null) throw new Error('a program without a key');
    const iat = Math.floor(Date.now() / 1000);
    return new SignJWT({ htm, htu, jti: randomUUID(), iat, ...claims })
      .setProtectedHeader({
        alg: 'ES256',
        typ: 'dpop+jwt',
        jwk: await exportJWK(key.publicKey),
      })
      .sign(key.privateKey);
  }

  proofFor(method: string, path: string, claims: Record<string, unknown> = {}, key = this.key) {
    const ath = createHash('sha256').update(this.token).digest('base64url');
    return this.proof(method, this.resource + path, { ath, ...claims }, key);
  }

  get(path: string, headers: Record<string, string> = {}): Promise<Answered> {
    return this.call('GET', path, undefined, headers);
  }

  post(path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answered> {
    return this.call('POST', path, body, headers);
  }

  async call(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answered> {
    const auth: Record<string, string> =
      this.key === null
        ? { authorization: `Bearer ${this.token}` }
        : {
            authorization: `DPoP ${this.token}`,
            dpop: await this.proofFor(method, path),
          };
    const sent =
      body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) };
    const type: Record<string, string> =
      body === undefined ? {} : { 'content-type': 'application/json' };
    return answered(
      await fetch(this.resource + path, {
        method,
        headers: { ...auth, ...type, ...headers },
        ...sent,
      }),
    );
  }
}

async function answered(answer: Response): Promise<Answered> {
  const text = await answer.text();
  const { status, headers } = answer;
  return {
    status,
    headers,
    body: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>),
  };
}

/** Of a list of people, what became of each. */
export const resultsOf = ({ body }: Answered) =>
  body['results'] as { person: string; result: string; devices: number }[];

/** Status and code of a refusal. */
export const told = ({ status, body }: Answered) => [status, body['code']];
