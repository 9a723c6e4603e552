import type { Request } from 'express';
import type { Assistant } from '../devices/activations.js';
import { HelpDeskProblem } from './problem.js';
import type { HelpDeskScope } from './help-desk-resource.js';

/** The program that calls. */
export interface Caller {
  clientId: string;
  relyingParty: string;
  clientAddress: string;
}

/** How it stands in audit rows of what it does. */
export const assistantOf = ({ clientId, clientAddress }: Caller): Required<Assistant> => ({
  actor: `client ${clientId}`,
  clientAddress,
});

/** An access token as it was shown (RFC 6750, 2.1; RFC 9449, 7.1). */
export interface ShownToken {
  scheme: 'Bearer' | 'DPoP';
  token: string;
  proof: string | null;
  method: string;
  /** As it was sent, below `public_url` and without query. */
  path: string;
}

/** Whose a token is and what it allows at this resource now; given by whoever issues tokens. */
export type ReadToken = (shown: ShownToken) => Promise<
  | { ok: true; clientId: string; relyingParty: string; scopes: ReadonlySet<string> }
  | {
      ok: false;
      error: 'invalid_token' | 'invalid_dpop_proof';
      detail: string;
      clientId: string | null;
    }
>;

export interface CallerDeps {
  readToken: ReadToken;
  /** What tokens have to be for; the realm of the challenge. */
  resource: string;
  clientAddress: (request: Request) => string;
}

/**
 * Who calls, if they may do what needs these scopes.
 * @throws HelpDeskProblem 401, 403 with the challenges of RFC 6750, 3 and RFC 9449, 7.1; 400 for more than one token
 */
export async function readCaller(
  deps: CallerDeps,
  request: Request,
  scopes: readonly HelpDeskScope[],
): Promise<Caller> {
  const { resource } = deps;
  const shown = shownToken(request);
  if (shown === null) {
    throw new HelpDeskProblem('client_token_refused', {
      inside: 'no token',
      headers: { 'WWW-Authenticate': challenges(resource, {}) },
    });
  }
  const verdict = await deps.readToken(shown);
  if (!verdict.ok) {
    const { error, detail, clientId } = verdict;
    throw new HelpDeskProblem('client_token_refused', {
      inside: clientId === null ? detail : `${detail} (client ${clientId})`,
      headers: { 'WWW-Authenticate': challenges(resource, { error }) },
    });
  }
  const missing = scopes.filter((scope) => !verdict.scopes.has(scope));
  if (missing.length > 0) {
    const scope = scopes.join(' ');
    throw new HelpDeskProblem('client_scope_missing', {
      detail: `Needed: ${scope}`,
      inside: `${missing.join(' ')} missing (client ${verdict.clientId})`,
      headers: { 'WWW-Authenticate': challenges(resource, { error: 'insufficient_scope', scope }) },
    });
  }
  const { clientId, relyingParty } = verdict;
  return { clientId, relyingParty, clientAddress: deps.clientAddress(request) };
}

/** Nowhere but in the one header: `null` when there is none that could be a token. */
function shownToken(request: Request): ShownToken | null {
  const { authorization = [], dpop = [] } = request.headersDistinct;
  if (authorization.length > 1 || dpop.length > 1) {
    throw new HelpDeskProblem('request_invalid', { detail: 'Authorization or DPoP given twice' });
  }
  const match = /^(Bearer|DPoP) +([\w.~+/-]{1,512}=*)$/i.exec(authorization[0] ?? '');
  if (match?.[1] === undefined || match[2] === undefined) return null;
  return {
    scheme: match[1].toLowerCase() === 'dpop' ? 'DPoP' : 'Bearer',
    token: match[2],
    proof: dpop[0] ?? null,
    method: request.method,
    path: request.path,
  };
}

function challenges(realm: string, more: { error?: string; scope?: string }): string[] {
  const parameters = Object.entries({ realm, ...more }).map(
    ([name, value]) => `${name}="${value}"`,
  );
  const said = parameters.join(', ');
  return [`Bearer ${said}`, `DPoP ${said}, algs="ES256 PS256 RS256"`];
}
