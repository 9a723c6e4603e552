import type { Client } from 'oidc-provider';
import type { RelyingParty, RelyingPartyRegistry } from '../../relying-parties/relying-party.js';
import { clientMetadata, settingsOf } from './client-metadata.js';
import type { OidcSettings } from './client-settings.js';
import type { ModelStore } from './storage/adapter.js';

/** Relying parties by `client_id`. A disabled one is unknown from the next request on. */
export class ClientDirectory {
  readonly #registry: RelyingPartyRegistry;

  constructor(registry: RelyingPartyRegistry) {
    this.#registry = registry;
  }

  byClientId(clientId: string): RelyingParty | null {
    const found = this.#registry
      .ofProtocol('oidc')
      .find((party) => party.enabled && settingsOf(party).client_id === clientId);
    return found ?? null;
  }

  settings(client: Pick<Client, 'clientId'> | undefined): OidcSettings | null {
    const party = client === undefined ? null : this.byClientId(client.clientId);
    return party === null ? null : settingsOf(party);
  }

  /** Clients as the library reads them; it never writes any. */
  readonly store: ModelStore = {
    find: (clientId) => {
      const party = this.byClientId(clientId);
      return Promise.resolve(party === null ? undefined : clientMetadata(party));
    },
  };
}
