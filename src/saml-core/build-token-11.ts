import type { RandomSource } from '../kernel/random.js';
import { dateTime, element, startTag } from './canonical-element.js';
import { canonicalText } from './canonical-text.js';
import { ns } from './namespaces.js';
import { newId } from './new-id.js';
import type { SamlSigningKey } from './outgoing.js';
import { signElement, type Signable } from './sign-element.js';
import type { Attribute11, Token11Content } from './token-11.js';

/**
 * A signed SAML 1.1 assertion (SAML 1.1 core, 2.3.2) in exclusive canonical form. Elements stand in the order of the
 * schema, which has the signature last. Throws `NotXmlText` when a value holds what XML cannot carry.
 */
export async function buildToken11(
  content: Token11Content,
  key: SamlSigningKey,
  random: RandomSource,
): Promise<{ xml: string; assertionId: string }> {
  const assertionId = newId(random);
  return { xml: await signElement(bare(content, assertionId), key), assertionId };
}

function bare(content: Token11Content, id: string): Signable {
  const start = startTag('saml:Assertion', ns.assertion11, {
    AssertionID: id,
    IssueInstant: dateTime(content.issueInstant),
    Issuer: content.issuer,
    MajorVersion: '1',
    MinorVersion: '1',
  });
  const who = subject(content.subject);
  return {
    id,
    head: `${start}${conditions(content)}${attributeStatement(content.attributes, who)}${authenticationStatement(content, who)}`,
    tail: '</saml:Assertion>',
  };
}

function conditions({ notBefore, notOnOrAfter, audience }: Token11Content): string {
  return element(
    'saml:Conditions',
    null,
    { NotBefore: dateTime(notBefore), NotOnOrAfter: dateTime(notOnOrAfter) },
    element(
      'saml:AudienceRestrictionCondition',
      null,
      {},
      element('saml:Audience', null, {}, canonicalText(audience)),
    ),
  );
}

/** Whoever holds the token is taken for the subject: a browser has no key to prove more with. */
function subject({ value, format }: Token11Content['subject']): string {
  return element(
    'saml:Subject',
    null,
    {},
    element('saml:NameIdentifier', null, { Format: format }, canonicalText(value)),
    element(
      'saml:SubjectConfirmation',
      null,
      {},
      element('saml:ConfirmationMethod', null, {}, 'urn:oasis:names:tc:SAML:1.0:cm:bearer'),
    ),
  );
}

function authenticationStatement(content: Token11Content, who: string): string {
  return element(
    'saml:AuthenticationStatement',
    null,
    {
      AuthenticationInstant: dateTime(content.authenticationInstant),
      AuthenticationMethod: content.authenticationMethod,
    },
    who,
  );
}

/** Left out when there is nothing to say: the schema wants at least one attribute in it. */
function attributeStatement(attributes: readonly Attribute11[], who: string): string {
  if (attributes.length === 0) return '';
  return element('saml:AttributeStatement', null, {}, who, ...attributes.map(attribute));
}

function attribute({ name, namespace, values }: Attribute11): string {
  return element(
    'saml:Attribute',
    null,
    { AttributeName: name, AttributeNamespace: namespace },
    ...values.map((value) => element('saml:AttributeValue', null, {}, canonicalText(value))),
  );
}
