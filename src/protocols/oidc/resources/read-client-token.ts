import type { AdapterPayload } from 'oidc-provider';
import type { PublicUrl } from '../../../config/public-url.js';
import type { Clock } from '../../../kernel/clock.js';
import type { EphemeralStore } from '../../../storage/ephemeral/ephemeral-store.js';
import type { ClientDirectory } from '../client-directory.js';
import type { ModelStore } from '../storage/adapter.js';
import { claimProof } from '../storage/replay-store.js';
import { checkProof } from './proof-of-possession.js';
import { scopesAtOwn, type OwnResource } from './resource-directory.js';

/** An access token as shown to a resource of ours (RFC 6750, 2.1; RFC 9449, 7.1). */
export interface ShownToken {
  scheme: 'Bearer' | 'DPoP';
  token: string;
  /** The `DPoP` header, where there is one. */
  proof: string | null;
  method: string;
  /** Path of the request below `public_url`, as it was sent, without query. */
  path: string;
}

/** Whose it is and what it may do now. `detail` is exact and for operators. */
export type ClientTokenVerdict =
  | { ok: true; clientId: string; relyingParty: string; scopes: ReadonlySet<string> }
  | {
      ok: false;
      error: 'invalid_token' | 'invalid_dpop_proof';
      detail: string;
      clientId: string | null;
    };

export type ReadClientToken = (
  resource: OwnResource,
  shown: ShownToken,
) => Promise<ClientTokenVerdict>;

/**
 * Judges tokens of `client_credentials` at a resource of ours. Nothing is taken from the token that is not so now: a client
 * that is gone, or a scope that its file does not name any more, takes the token with it.
 * @throws DependencyUnavailable
 */
export function createClientTokenReader(deps: {
  kept: ModelStore;
  /** Tokens that stand for a person: refused, and told apart for the operator. */
  people: ModelStore;
  clients: Pick<ClientDirectory, 'byClientId'>;
  store: EphemeralStore;
  publicUrl: PublicUrl;
  clock: Clock;
}): ReadClientToken {
  const { clients, clock, store } = deps;

  return async (resource, shown) => {
    const found = await deps.kept.find?.(shown.token);
    if (found === undefined) {
      const ofPerson = await deps.people.find?.(shown.token);
      return refused(ofPerson === undefined ? 'unknown or over' : 'stands for a person', ofPerson);
    }
    const fault = faultOf(found, resource, clock.now());
    if (fault !== null) return refused(fault, found);
    const clientId = found.clientId ?? '';
    const party = clients.byClientId(clientId);
    if (party === null) return refused('the client is gone', found);
    const jkt: unknown = found['jkt'];
    if (typeof jkt === 'string') {
      if (shown.scheme !== 'DPoP') return refused('bound to a key, and shown without it', found);
      const url = deps.publicUrl.absolute(shown.path);
      const proved = await checkProof(shown.proof, { ...shown, url, jkt }, clock.now());
      if (!proved.ok) return badProof(proved.failure, found);
      if (!(await claimProof(store, proved.value.id))) return badProof('shown before', found);
    } else if (shown.scheme === 'DPoP') return refused('bound to no key', found);
    const issued = new Set((found.scope ?? '').split(' '));
    const scopes = scopesAtOwn(party, resource).filter((scope) => issued.has(scope));
    return { ok: true, clientId, relyingParty: party.id, scopes: new Set(scopes) };
  };
}

function faultOf(payload: AdapterPayload, { identifier }: OwnResource, now: number): string | null {
  if (payload.kind !== 'ClientCredentials') return 'no token of client credentials';
  if (typeof payload.exp !== 'number' || payload.exp * 1000 <= now) return 'over';
  return payload.aud === identifier ? null : 'for another resource';
}

const refusal =
  (error: 'invalid_token' | 'invalid_dpop_proof') =>
  (detail: string, of: AdapterPayload | undefined): ClientTokenVerdict => ({
    ok: false,
    error,
    detail,
    clientId: of?.clientId ?? null,
  });
const refused = refusal('invalid_token');
const badProof = refusal('invalid_dpop_proof');
