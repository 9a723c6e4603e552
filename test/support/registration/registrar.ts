import { InitialTokens } from '../../../src/protocols/oidc/registration/initial-tokens.js';
import type { TestServer } from '../start-server.js';

type Server = Pick<TestServer, 'url' | 'drawbridge'>;

/** An answer of the registration endpoint; members that are not there are `undefined`. */
export interface Answer {
  status: number;
  headers: Headers;
  body: Record<string, unknown>;
}

/** What a service sends when it registers, as raw as it likes. */
export class Registrar {
  readonly #server: Server;
  readonly tokens: InitialTokens;

  constructor(server: Server) {
    this.#server = server;
    this.tokens = new InitialTokens(server.drawbridge.base);
  }

  async token(uses = 1): Promise<string> {
    return (await this.tokens.create({ label: 'Tests', uses, lifetime: 60_000 })).token;
  }

  /** With a token of its own unless one is given; `null` sends none. */
  async register(metadata: unknown, token?: string | null): Promise<Answer> {
    return this.send(
      'POST',
      '/register',
      token === undefined ? await this.token() : token,
      metadata,
    );
  }

  /** @param body sent as it is when it is text, else as JSON */
  async send(
    method: string,
    path: string,
    token: string | null,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    const url = path.startsWith('http') ? path : `${this.#server.url}${path}`;
    const answer = await fetch(url, {
      method,
      headers: {
        'content-type': 'application/json',
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
        ...headers,
      },
      ...(body === undefined
        ? {}
        : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await answer.text();
    const parsed = text.startsWith('{') ? (JSON.parse(text) as Record<string, unknown>) : {};
    return { status: answer.status, headers: answer.headers, body: parsed };
  }

  /** Manages a client with what its registration answered. */
  async manage(method: string, registered: Answer, body?: unknown): Promise<Answer> {
    const { registration_client_uri, registration_access_token } = registered.body;
    return this.send(
      method,
      String(registration_client_uri),
      String(registration_access_token),
      body,
    );
  }
}

/** Every registered relying party with the document that is kept of it. */
export async function keptDocuments(server: Server): Promise<Record<string, unknown>[]> {
  const rows = await server.drawbridge.base.database.db
    .selectFrom('relying_parties')
    .select('document')
    .execute();
  return rows.map(({ document }) => JSON.parse(document) as Record<string, unknown>);
}
