import { dateTime, element, startTag } from './canonical-element.js';
import { canonicalText } from './canonical-text.js';
import type { NameId } from './messages.js';
import { ns } from './namespaces.js';
import type { AssertionContent, OutgoingAttribute } from './outgoing.js';
import type { Signable } from './sign-element.js';

/** The assertion of an authentication (SAML 2.0 core, 2.3.3), in canonical form. Throws `NotXmlText`. */
export function assertion(content: AssertionContent, id: string): Signable {
  const start = startTag('saml:Assertion', ns.assertion, {
    ID: id,
    IssueInstant: dateTime(content.issueInstant),
    Version: '2.0',
  });
  const issuer = element('saml:Issuer', null, {}, canonicalText(content.issuer));
  return {
    id,
    head: start + issuer,
    tail: `${subject(content)}${conditions(content)}${authnStatement(content)}${attributeStatement(content.attributes)}</saml:Assertion>`,
  };
}

export function nameId(value: NameId, declared: string | null): string {
  const attributes = {
    Format: value.format,
    NameQualifier: value.nameQualifier,
    SPNameQualifier: value.spNameQualifier,
  };
  return element('saml:NameID', declared, attributes, canonicalText(value.value));
}

function subject(content: AssertionContent): string {
  return element(
    'saml:Subject',
    null,
    {},
    nameId(content.subject, null),
    element(
      'saml:SubjectConfirmation',
      null,
      { Method: 'urn:oasis:names:tc:SAML:2.0:cm:bearer' },
      element('saml:SubjectConfirmationData', null, {
        InResponseTo: content.inResponseTo,
        NotOnOrAfter: dateTime(content.notOnOrAfter),
        Recipient: content.recipient,
      }),
    ),
  );
}

function conditions(content: AssertionContent): string {
  return element(
    'saml:Conditions',
    null,
    { NotBefore: dateTime(content.notBefore), NotOnOrAfter: dateTime(content.notOnOrAfter) },
    element(
      'saml:AudienceRestriction',
      null,
      {},
      element('saml:Audience', null, {}, canonicalText(content.audience)),
    ),
  );
}

function authnStatement(content: AssertionContent): string {
  const end = content.sessionNotOnOrAfter;
  return element(
    'saml:AuthnStatement',
    null,
    {
      AuthnInstant: dateTime(content.authnInstant),
      SessionIndex: content.sessionIndex,
      SessionNotOnOrAfter: end === null ? null : dateTime(end),
    },
    element(
      'saml:AuthnContext',
      null,
      {},
      element('saml:AuthnContextClassRef', null, {}, canonicalText(content.authnContextClassRef)),
    ),
  );
}

/** Left out when there is nothing to say: the schema wants at least one attribute in it. */
function attributeStatement(attributes: readonly OutgoingAttribute[]): string {
  if (attributes.length === 0) return '';
  return element('saml:AttributeStatement', null, {}, ...attributes.map(attribute));
}

function attribute(one: OutgoingAttribute): string {
  return element(
    'saml:Attribute',
    null,
    { FriendlyName: one.friendlyName, Name: one.name, NameFormat: one.nameFormat },
    ...one.values.map((value) => element('saml:AttributeValue', null, {}, canonicalText(value))),
  );
}
