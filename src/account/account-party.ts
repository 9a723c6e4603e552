import type { RelyingParty, RelyingPartyRegistry } from '../relying-parties/relying-party.js';

/** The account pages as a relying party of the sign-in engine. */
export const accountParty: RelyingParty = {
  id: 'account',
  // Pages say in the reader's language what they are; see `service: null` in the page models.
  name: '',
  protocol: 'account',
  homeUrl: null,
  enabled: true,
  thirdParty: false,
  policy: { factors: 2, maxAge: null, allowedFactors: null, groups: null },
  settings: null,
};

/**
 * A registry in which the engine finds the account pages by id, while no protocol and no list ever sees them. The id
 * is ours: a configured relying party of that name is not in force.
 */
export function withAccountParty(registry: RelyingPartyRegistry): RelyingPartyRegistry {
  const configured = (parties: readonly RelyingParty[]) =>
    parties.filter(({ id }) => id !== accountParty.id);
  return {
    byId: (id) => (id === accountParty.id ? accountParty : registry.byId(id)),
    ofProtocol: (protocol) => configured(registry.ofProtocol(protocol)),
    all: () => configured(registry.all()),
    onChange: (listener) => registry.onChange(listener),
  };
}
