import type { Client, ClientMetadata } from 'oidc-provider';
import type { RelyingParty, RelyingPartyRegistry } from '../../relying-parties/relying-party.js';
import { clientMetadata, settingsOf } from './client-metadata.js';
import type { ModelStore } from './storage/adapter.js';
import type { OidcSettings } from './client-settings.js';

/** Relying parties by `client_id`. A disabled one is unknown from the next request on. */
export class ClientDirectory {
  readonly #registry: RelyingPartyRegistry;
  #index: ReadonlyMap<string, RelyingParty>;
  readonly close: () => void;

  constructor(registry: RelyingPartyRegistry) {
    this.#registry = registry;
    this.#index = indexOf(registry);
    this.close = registry.onChange(() => {
      this.#index = indexOf(this.#registry);
    });
  }

  byClientId(clientId: string): RelyingParty | null {
    return this.#index.get(clientId) ?? null;
  }

  settings(client: Pick<Client, 'clientId'> | undefined): OidcSettings | null {
    const party = client === undefined ? null : this.byClientId(client.clientId);
    return party === null ? null : settingsOf(party);
  }

  /** Clients as the library reads them, whole; it never writes any. */
  metadata(): ClientMetadata[] {
    return [...this.#index.values()].filter((party) => !hasOwnKeys(party)).map(clientMetadata);
  }

  /**
   * The others, one by one. What the library is given whole it copies with `structuredClone`, and where we run in
   * another realm than it (`node:vm`) it does not know the copied keys for plain objects any more.
   */
  readonly store: ModelStore = {
    find: (clientId) => {
      const party = this.byClientId(clientId);
      const found = party !== null && hasOwnKeys(party) ? clientMetadata(party) : undefined;
      return Promise.resolve(found);
    },
  };
}

const hasOwnKeys = (party: RelyingParty) => settingsOf(party).jwks !== undefined;

function indexOf(registry: RelyingPartyRegistry): Map<string, RelyingParty> {
  const enabled = registry.ofProtocol('oidc').filter((party) => party.enabled);
  return new Map(enabled.map((party) => [settingsOf(party).client_id, party]));
}
