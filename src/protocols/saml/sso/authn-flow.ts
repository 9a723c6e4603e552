import type { NameId } from '../../../saml-core/messages.js';
import type { DemandedContext } from './demanded-context.js';

/** How a person may be named to a service provider. */
export type NameIdKind = 'persistent' | 'transient' | 'email' | 'unspecified';

/**
 * What one entry into a service provider needs from its beginning to its answer. JSON: it is parked, and travels in
 * the record of a sign-in. Everything in it has passed the checks of a request.
 */
export interface AuthnFlow {
  v: 1;
  /** Id of the relying party. */
  party: string;
  /** Id of the issuer of ours that answers. */
  issuer: string;
  /** Where the answer is posted; registered when the request came, and looked up again when it is sent. */
  acs: string;
  /** `null`: the person came from our side, nobody asked. */
  inResponseTo: string | null;
  relayState: string | null;
  /** The request was signed with SHA-1, which the row of the answer tells. */
  sha1?: boolean;
  /** Who is meant to sign in, as the service puts it beside its request. */
  loginHint?: string;
  force: boolean;
  passive: boolean;
  /** What the request chose; `null`: it left that to us. */
  nameId: NameIdKind | null;
  context: DemandedContext | null;
  /** Whom the request means. */
  subject: NameId | null;
}
