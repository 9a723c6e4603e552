import { createPublicKey, randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { decodeJwt, importPKCS8, SignJWT } from 'jose';
import { listening } from './listening.js';
import { modelResponse, modelToken, type ModelAnswer } from './model-answers.js';
import { bare, type MadeKey } from './test-key.js';

/** What a fault of the server's setting changes. */
export interface ModelSettings {
  issuer: string;
  key: MadeKey;
  asksForCode: boolean;
  assertsTwoFactors: 'when shown' | 'always' | 'never';
  clock: () => number;
  immutableIds: Record<string, string>;
  upns: Record<string, string>;
  providerKeyWithCertificate: boolean;
  acr: string;
  amr: unknown;
}

export interface ModelIssuer {
  url: string;
  settings: ModelSettings;
  close(): Promise<void>;
}

interface Flow {
  username: string | null;
  shown: number;
  finish(flow: Flow): Promise<string>;
}

/**
 * A provider that is strict and small, and shares nothing with the product: it answers what the twin sends, so that the twin
 * can be tried on faults of which none is the product's.
 */
export async function startModelIssuer(settings: ModelSettings): Promise<ModelIssuer> {
  const flows = new Map<string, Flow>();
  const server = await listening((request, response) => {
    serve(request, response).catch((error: unknown) => {
      response.writeHead(500, { 'content-type': 'text/html' }).end(`<h1>${String(error)}</h1>`);
    });
  });
  const { url } = server;
  const provider = `${url}/external-mfa/model`;

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? '/', url);
    const form = request.method === 'POST' ? await readForm(request) : searchParams;
    const page = (html: string) =>
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(html);
    const json = (value: unknown) => {
      const body = JSON.stringify(value);
      response.writeHead(200, { 'content-length': Buffer.byteLength(body) }).end(body);
    };
    if (pathname === '/saml/sso') return begin(response, null, 0, (flow) => samlAnswer(form, flow));
    if (pathname === '/wsfed') return begin(response, null, 0, (flow) => wsFedAnswer(form, flow));
    if (pathname === '/external-mfa/model/authorize') {
      const hint = decodeJwt(form.get('id_token_hint') ?? '');
      const username = String(hint['preferred_username']);
      return begin(response, username, 1, () => externalAnswer(form, String(hint.sub)));
    }
    if (pathname === '/external-mfa/model/.well-known/openid-configuration')
      return void json(metadata());
    if (pathname === '/external-mfa/model/jwks') return void json({ keys: [publicKey()] });
    const flow = flows.get(/flow=([^;]+)/.exec(request.headers.cookie ?? '')?.[1] ?? '');
    if (flow === undefined) return void page('<h1>Lost</h1>');
    return void page(await step(flow, form, request.method === 'POST'));
  }

  function begin(
    response: ServerResponse,
    username: string | null,
    shown: number,
    finish: Flow['finish'],
  ): void {
    const id = randomUUID();
    flows.set(id, { username, shown, finish });
    response
      .writeHead(303, {
        location: '/login',
        'set-cookie': `flow=${id}; Path=/; HttpOnly; SameSite=Lax`,
      })
      .end();
  }

  async function step(flow: Flow, form: URLSearchParams, posted: boolean): Promise<string> {
    if (posted && form.has('password')) {
      flow.username = form.get('username');
      flow.shown = 1;
    } else if (posted && form.has('code')) flow.shown = 2;
    if (flow.username === null) {
      return '<h1>Sign in</h1><form method="post" action="/login"><input name="username"><input type="password" name="password"></form>';
    }
    if (settings.asksForCode && flow.shown < 2) {
      return '<h1>Code</h1><form method="post" action="/login"><input name="code"></form>';
    }
    return flow.finish(flow);
  }

  function answerFor({ username, shown }: Flow): ModelAnswer {
    const name = username ?? '';
    const { assertsTwoFactors, immutableIds, upns, issuer, key } = settings;
    return {
      issuer,
      key,
      immutableId: immutableIds[name] ?? '',
      upn: upns[name] ?? name,
      multiFactor:
        assertsTwoFactors === 'always' || (assertsTwoFactors === 'when shown' && shown > 1),
      now: settings.clock(),
    };
  }

  async function samlAnswer(form: URLSearchParams, flow: Flow): Promise<string> {
    const request = Buffer.from(form.get('SAMLRequest') ?? '', 'base64').toString();
    const id = / ID="([^"]+)"/.exec(request)?.[1] ?? '';
    const xml = await modelResponse(answerFor(flow), id);
    return autoPost('https://login.microsoftonline.com/login.srf', [
      ['SAMLResponse', Buffer.from(xml).toString('base64')],
      ['RelayState', form.get('RelayState') ?? ''],
    ]);
  }

  async function wsFedAnswer(form: URLSearchParams, flow: Flow): Promise<string> {
    return autoPost('https://login.microsoftonline.com/login.srf', [
      ['wa', 'wsignin1.0'],
      ['wresult', await modelToken(answerFor(flow))],
      ['wctx', form.get('wctx') ?? ''],
    ]);
  }

  async function externalAnswer(form: URLSearchParams, subject: string): Promise<string> {
    const now = Math.floor(settings.clock() / 1000);
    const token = await new SignJWT({
      nonce: form.get('nonce'),
      acr: settings.acr,
      amr: settings.amr,
    })
      .setProtectedHeader({ alg: 'RS256', kid: 'model' })
      .setIssuer(provider)
      .setAudience(form.get('client_id') ?? '')
      .setSubject(subject)
      .setIssuedAt(now)
      .setExpirationTime(now + 600)
      .sign(await importPKCS8(settings.key.privateKey, 'RS256'));
    return autoPost(form.get('redirect_uri') ?? '', [
      ['id_token', token],
      ['state', form.get('state') ?? ''],
    ]);
  }

  const metadata = () => ({
    issuer: provider,
    authorization_endpoint: `${provider}/authorize`,
    jwks_uri: `${provider}/jwks`,
    scopes_supported: ['openid'],
    response_types_supported: ['id_token'],
    response_modes_supported: ['form_post'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256'],
    claim_types_supported: ['normal'],
  });
  const publicKey = () => ({
    ...createPublicKey(settings.key.certificate).export({ format: 'jwk' }),
    kid: 'model',
    use: 'sig',
    ...(settings.providerKeyWithCertificate ? { x5c: [bare(settings.key.certificate)] } : {}),
  });

  return { url, settings, close: server.close };
}

const escape = (text: string) =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('"', '&quot;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');

function autoPost(action: string, fields: [string, string][]): string {
  const inputs = fields.map(
    ([name, value]) => `<input type="hidden" name="${name}" value="${escape(value)}">`,
  );
  return `<h1>Continue</h1><form method="post" action="${escape(action)}">${inputs.join('\n')}<button>Continue</button></form>`;
}

async function readForm(request: IncomingMessage): Promise<URLSearchParams> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return new URLSearchParams(Buffer.concat(chunks).toString());
}
