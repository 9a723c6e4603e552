import type { InboundMessage, Partner } from '../../../../src/saml-core/received.js';
import type { TestKey } from './key-pairs.js';

/** A message that must be refused, and by which rule. Plain data, so that it can be handed to another process. */
export interface HostileMessage {
  name: string;
  inbound: InboundMessage;
  partner?: Partial<Partner>;
  expected?: string[];
  /** `refusal detail`, or only the refusal where the detail is a library's sentence. */
  refusal: string;
}

export interface HostileKeys {
  rsa: TestKey;
  other: TestKey;
  weak: TestKey;
  ec: TestKey;
  /** On a curve that is not taken. */
  koblitz: TestKey;
}
