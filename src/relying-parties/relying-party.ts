import type { RelyingPartyPolicy } from './policy-rules.js';

/**
 * A service people sign in to. The protocol's own settings stay in `settings`, which only that protocol reads
 * (it registers a schema for them); everything here is protocol-free.
 */
export interface RelyingParty {
  /** As written by the operator, `[a-z0-9-]{1,64}`. */
  id: string;
  /** The id of the document that stands for this one and others by a profile: rules that name it are about this one too. */
  profileId?: string;
  /** Shown to people. */
  name: string;
  protocol: string;
  /** Where "my services" sends people; absent: not listed there. */
  homeUrl: string | null;
  enabled: boolean;
  /** Third parties need the person's consent. */
  thirdParty: boolean;
  policy: RelyingPartyPolicy;
  /** The section named after the protocol, already validated by that protocol's schema. */
  settings: unknown;
}

/** The relying parties in force now; replaced as a whole when the files change. */
export interface RelyingPartyRegistry {
  byId(id: string): RelyingParty | null;
  ofProtocol(protocol: string): readonly RelyingParty[];
  all(): readonly RelyingParty[];
  /** Called after every replacement; returns the way to stop. */
  onChange(listener: () => void): () => void;
}
