import { Router, type Request, type RequestHandler, type Response } from 'express';
import type { AuditLog } from '../../../audit/audit-log.js';
import { requestRefused } from '../../../audit/events/sign-in-events.js';
import type { PublicUrl } from '../../../config/public-url.js';
import { clientAnswer } from './client-answer.js';
import { metadataRequest } from './client-metadata-request.js';
import type { InitialTokens } from './initial-tokens.js';
import { jsonBody } from './json-body.js';
import type { ManagedClient, RegisteredClients } from './registered-clients.js';
import { RegistrationRefused } from './registration-refused.js';

/** Where services register (RFC 7591) and manage what they registered (RFC 7592). */
export const REGISTRATION_PATH = '/register';

export function createRegistrationEndpoint(deps: {
  audit: AuditLog;
  publicUrl: PublicUrl;
  tokens: InitialTokens;
  clients: RegisteredClients;
  clientAddress: (request: Request) => string;
}): Router {
  const { clients, tokens, clientAddress } = deps;
  const told = (managed: ManagedClient) => {
    const managementUrl = `${deps.publicUrl.base}${REGISTRATION_PATH}/${managed.client.settings.client_id}`;
    return clientAnswer(managed.client, { ...managed, managementUrl });
  };

  /** Answers what is refused as the RFC has it, and tells it to the operator. */
  const answering =
    (
      work: (request: Request, response: Response, token: string) => Promise<void>,
    ): RequestHandler =>
    async (request, response) => {
      response.set({ 'Cache-Control': 'no-store', Pragma: 'no-cache' });
      const token = bearerToken(request);
      try {
        if (token === null) throw new RegistrationRefused('invalid_token', 'a token is needed');
        await work(request, response, token);
      } catch (error) {
        if (!(error instanceof RegistrationRefused)) throw error;
        const data = { entry: 'oidc.registration', error: error.error, detail: error.message };
        const about = { clientAddress: clientAddress(request) };
        await deps.audit.record(requestRefused(about, 'request_invalid', data));
        if (error.status === 401) {
          const shown = token === null ? '' : ', error="invalid_token"';
          response.set('WWW-Authenticate', `Bearer realm="${deps.publicUrl.base}"${shown}`);
        }
        if (error.status === 413) response.set('Connection', 'close');
        response
          .status(error.status)
          .json({ error: error.error, error_description: error.message });
      }
    };

  const router = Router({ caseSensitive: true, strict: true });
  const one = `${REGISTRATION_PATH}/:id`;
  router.post(
    REGISTRATION_PATH,
    answering(async (request, response, token) => {
      if (!(await tokens.isUsable(token))) {
        throw new RegistrationRefused(
          'invalid_token',
          'the token is unknown, has expired or is used up',
        );
      }
      const asked = metadataRequest(await jsonBody(request));
      const managed = await clients.register(token, asked, clientAddress(request));
      response.status(201).json(told(managed));
    }),
  );
  router.get(
    one,
    answering(async (request, response, token) => {
      response.json(told(await clients.read(idOf(request), token)));
    }),
  );
  router.put(
    one,
    answering(async (request, response, token) => {
      const id = idOf(request);
      await clients.read(id, token);
      const asked = metadataRequest(await jsonBody(request));
      response.json(told(await clients.replace(id, token, asked, clientAddress(request))));
    }),
  );
  router.delete(
    one,
    answering(async (request, response, token) => {
      await clients.remove(idOf(request), token, clientAddress(request));
      response.status(204).end();
    }),
  );
  router.all(REGISTRATION_PATH, notAllowed('POST'));
  router.all(one, notAllowed('GET, PUT, DELETE'));
  return router;
}

const idOf = (request: Request): string => String(request.params['id']);

/** RFC 6750, 2.1; nowhere but in the header. */
function bearerToken(request: Request): string | null {
  const match = /^Bearer ([\w.~+/-]{1,256}=*)$/i.exec(request.headers.authorization ?? '');
  return match?.[1] ?? null;
}

const notAllowed =
  (allowed: string): RequestHandler =>
  (_request, response) => {
    response
      .status(405)
      .set({ Allow: allowed, 'Cache-Control': 'no-store' })
      .json({ error: 'invalid_request', error_description: 'method not allowed' });
  };
