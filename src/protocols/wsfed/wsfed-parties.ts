import type { RelyingParty, RelyingPartyRegistry } from '../../relying-parties/relying-party.js';
import type { WsFedSettings } from './wsfed-settings.js';

/** A relying party of this protocol, as it is in force. */
export interface WsFedParty {
  party: RelyingParty;
  settings: WsFedSettings;
}

/** The relying parties in force. What is disabled is found too: whoever asks must look at `party.enabled`. */
export interface WsFedParties {
  /** Compared byte by byte. */
  byRealm(realm: string): WsFedParty | null;
  byRelyingParty(id: string): WsFedParty | null;
  /** The first that is enabled and has registered this address. */
  byReplyUrl(url: string): WsFedParty | null;
}

/** Looked up anew as the registry changes, within the same turn. */
export function createWsFedParties(
  registry: RelyingPartyRegistry,
): WsFedParties & { close: () => void } {
  let inForce = indexed(registry);
  const close = registry.onChange(() => {
    inForce = indexed(registry);
  });
  return {
    byRealm: (realm) => inForce.byRealm.get(realm) ?? null,
    byRelyingParty: (id) => inForce.byId.get(id) ?? null,
    byReplyUrl: (url) =>
      inForce.all.find(
        ({ party, settings }) => party.enabled && settings.reply_urls.includes(url),
      ) ?? null,
    close,
  };
}

function indexed(registry: RelyingPartyRegistry) {
  const all = registry
    .ofProtocol('ws-federation')
    .map((party): WsFedParty => ({ party, settings: party.settings as WsFedSettings }));
  return {
    all,
    // Of two with one realm the first counts, as in the files.
    byRealm: new Map(all.toReversed().map((one) => [one.settings.realm, one])),
    byId: new Map(all.map((one) => [one.party.id, one])),
  };
}
