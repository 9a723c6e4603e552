import { dateTime, element, startTag } from './canonical-element.js';
import type { Attributes } from './canonical-element.js';
import { canonicalText } from './canonical-text.js';
import { ns } from './namespaces.js';
import type { Signable } from './sign-element.js';

export interface MessageHead {
  id: string;
  issuer: string;
  destination: string;
  /** Milliseconds since the epoch. */
  issueInstant: number;
  /** More attributes of the root. */
  more: Attributes;
}

/** What all protocol messages begin with (SAML 2.0 core, 3.2), in canonical form, around canonical `content`. */
export function protocolMessage(name: string, head: MessageHead, content: string): Signable {
  const start = startTag(`samlp:${name}`, ns.protocol, {
    ...head.more,
    Destination: head.destination,
    ID: head.id,
    IssueInstant: dateTime(head.issueInstant),
    Version: '2.0',
  });
  const issuer = element('saml:Issuer', ns.assertion, {}, canonicalText(head.issuer));
  return { id: head.id, head: start + issuer, tail: `${content}</samlp:${name}>` };
}

const statusPrefix = 'urn:oasis:names:tc:SAML:2.0:status:';

/** A `Status`. Codes are given without their common prefix, the most general one first. */
export function status(codes: readonly [string, ...string[]], message: string | null): string {
  const code = codes.reduceRight(
    (inner, value) => element('samlp:StatusCode', null, { Value: statusPrefix + value }, inner),
    '',
  );
  const text =
    message === null ? [] : [element('samlp:StatusMessage', null, {}, canonicalText(message))];
  return element('samlp:Status', null, {}, code, ...text);
}
