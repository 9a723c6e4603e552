import { personFacts, type FederationFacts, type FederationQuestion } from './federation-facts.js';
import { judgeGuest, isGuestAudience } from './judge-guest.js';
import { judgePerson } from './judge-person.js';
import { judgeStrength } from './judge-strength.js';
import { judgeWindow, timeOf } from './judge-window.js';
import type { FederatedDomain } from './tenant.js';
import type { Verdicts } from './verdict.js';
import { entra, namespaces } from './wire-names.js';
import { attributeOf, childOf, childrenOf, findAll, textOf } from './xml-find.js';
import type { XmlElement } from './xml-reader.js';

const { assertion: ns } = namespaces;
const persistent = 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent';
const bearer = 'urn:oasis:names:tc:SAML:2.0:cm:bearer';
/** Either was seen to work; the first is the documented one. */
const upnAttributes = ['IDPEmail', 'http://schemas.xmlsoap.org/claims/UPN'];
const mostNameIdCharacters = 64;

/** What is in a SAML 2.0 assertion, once it is known to come from the issuer. */
export function judgeAssertion(
  assertion: XmlElement,
  question: FederationQuestion,
  facts: FederationFacts,
  domains: readonly FederatedDomain[],
  verdicts: Verdicts,
): void {
  const statements = childrenOf(assertion, ns, 'AuthnStatement');
  const contexts = statements.flatMap((one) => childrenOf(one, ns, 'AuthnContext'));
  verdicts.expect(
    'There is no AuthenticatingAuthority',
    contexts.every((one) => findAll(one, ns, 'AuthenticatingAuthority').length === 0),
    'AADSTS500132',
    'Entra does not want to know of a provider behind the provider',
  );
  const guest = judgeAudience(assertion, verdicts);
  judgeTimes(assertion, facts.now, verdicts);
  const subject = childOf(assertion, ns, 'Subject');
  const confirmation = childOf(subject, ns, 'SubjectConfirmation');
  verdicts.expect(
    'The confirmation is bearer',
    attributeOf(confirmation, 'Method') === bearer,
    'AADSTS50008',
    `it is ${attributeOf(confirmation, 'Method') ?? 'missing'}`,
  );
  if (guest) judgeGuest(assertion, facts, verdicts);
  else judgeMember(assertion, question, facts, domains, verdicts);
  const classes = contexts.map((one) => textOf(one, ns, 'AuthnContextClassRef'));
  judgeStrength(
    {
      multiFactor: classes.includes(entra.multipleAuthentication),
      instant: timeOf(attributeOf(statements[0] ?? null, 'AuthnInstant')),
      now: facts.now,
    },
    question,
    verdicts,
  );
}

/** Whether it is meant for a tenant that the person visits as a guest. */
function judgeAudience(assertion: XmlElement, verdicts: Verdicts): boolean {
  const audiences = childrenOf(childOf(assertion, ns, 'Conditions'), ns, 'AudienceRestriction')
    .flatMap((one) => childrenOf(one, ns, 'Audience'))
    .map(({ text }) => text.trim());
  const guest = audiences.some(isGuestAudience);
  const solicited = findAll(assertion, ns, 'SubjectConfirmationData').some(
    (one) => attributeOf(one, 'InResponseTo') !== null,
  );
  verdicts.expect(
    'Audience is Entra',
    guest || audiences.includes(entra.audience),
    solicited ? 'AADSTS50008' : 'AADSTS90019',
    `it is ${audiences.join(', ') || 'missing'} instead of ${entra.audience}${solicited ? '' : ', and nothing else says which tenant is meant: no request was answered'}`,
  );
  return guest;
}

function judgeTimes(assertion: XmlElement, now: number, verdicts: Verdicts): void {
  const conditions = childOf(assertion, ns, 'Conditions');
  const data = findAll(assertion, ns, 'SubjectConfirmationData')[0] ?? null;
  judgeWindow(
    'It may be used now',
    {
      from: attributeOf(conditions, 'NotBefore'),
      until: attributeOf(conditions, 'NotOnOrAfter'),
      now,
      needsFrom: true,
    },
    verdicts,
  );
  judgeWindow(
    'It may be delivered now',
    { from: null, until: attributeOf(data, 'NotOnOrAfter'), now, needsFrom: false },
    verdicts,
  );
}

function judgeMember(
  assertion: XmlElement,
  question: FederationQuestion,
  facts: FederationFacts,
  domains: readonly FederatedDomain[],
  verdicts: Verdicts,
): void {
  const nameId = childOf(childOf(assertion, ns, 'Subject'), ns, 'NameID');
  const format = attributeOf(nameId, 'Format');
  verdicts.expect(
    'NameID is persistent',
    format === persistent,
    'AADSTS50008',
    `its Format is ${format ?? 'missing'}`,
  );
  // Blanks are part of it: Entra compares the bytes.
  const immutableId = nameId?.text ?? '';
  verdicts.expect(
    'NameID has 1 to 64 characters',
    immutableId !== '' && immutableId.length <= mostNameIdCharacters,
    'AADSTS51004',
    `it has ${immutableId.length}`,
  );
  const upn = upnOf(assertion);
  verdicts.expect(
    'IDPEmail is there',
    upn !== null && upn.includes('@'),
    'AADSTS50008',
    `there is no attribute ${upnAttributes[0]} with one value that is a UPN`,
  );
  judgePerson({ immutableId, upn }, personFacts(question, facts, domains), verdicts);
}

function upnOf(assertion: XmlElement): string | null {
  const values = attributeValues(assertion, upnAttributes);
  return values.length === 1 ? (values[0] ?? null) : null;
}

/** Values of the first of those attributes that is there. */
export function attributeValues(assertion: XmlElement, names: readonly string[]): string[] {
  const attributes = childrenOf(assertion, ns, 'AttributeStatement').flatMap((one) =>
    childrenOf(one, ns, 'Attribute'),
  );
  for (const name of names) {
    const found = attributes.filter((one) => attributeOf(one, 'Name') === name);
    if (found.length > 0) {
      return found.flatMap((one) => childrenOf(one, ns, 'AttributeValue')).map(({ text }) => text);
    }
  }
  return [];
}
