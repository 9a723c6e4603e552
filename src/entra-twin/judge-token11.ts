import { personFacts, type FederationFacts, type FederationQuestion } from './federation-facts.js';
import { judgePerson } from './judge-person.js';
import { judgeStrength } from './judge-strength.js';
import { judgeWindow, timeOf } from './judge-window.js';
import type { FederatedDomain } from './tenant.js';
import type { Verdicts } from './verdict.js';
import { entra, namespaces } from './wire-names.js';
import { attributeOf, childOf, childrenOf, findAll, textOf } from './xml-find.js';
import type { XmlElement } from './xml-reader.js';

const { assertion11: ns } = namespaces;
const unspecified = 'urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified';
const bearer = 'urn:oasis:names:tc:SAML:1.0:cm:bearer';

const claims = {
  upn: ['UPN', 'http://schemas.xmlsoap.org/claims'],
  immutableId: ['ImmutableID', 'http://schemas.microsoft.com/LiveID/Federation/2008/05'],
  method: ['authenticationmethod', 'http://schemas.microsoft.com/ws/2008/06/identity/claims'],
  methodReferences: ['authnmethodsreferences', 'http://schemas.microsoft.com/claims'],
  instant: ['authenticationinstant', 'http://schemas.microsoft.com/ws/2008/06/identity/claims'],
} as const;

/** What is in a SAML 1.1 token, once it is known to come from the issuer. */
export function judgeToken11(
  token: XmlElement,
  question: FederationQuestion,
  facts: FederationFacts,
  domains: readonly FederatedDomain[],
  verdicts: Verdicts,
): void {
  judgeConditions(token, facts.now, verdicts);
  judgeSubject(token, question, facts, domains, verdicts);
  const [statement = null] = childrenOf(token, ns, 'AuthenticationStatement');
  const methods = [
    attributeOf(statement, 'AuthenticationMethod'),
    ...valuesOf(token, claims.method),
    ...valuesOf(token, claims.methodReferences),
  ];
  const [claimedInstant = null] = valuesOf(token, claims.instant);
  judgeStrength(
    {
      multiFactor: methods.includes(entra.multipleAuthentication),
      instant: timeOf(claimedInstant ?? attributeOf(statement, 'AuthenticationInstant')),
      now: facts.now,
    },
    question,
    verdicts,
  );
}

function judgeConditions(token: XmlElement, now: number, verdicts: Verdicts): void {
  const conditions = childOf(token, ns, 'Conditions');
  const audiences = childrenOf(conditions, ns, 'AudienceRestrictionCondition')
    .flatMap((one) => childrenOf(one, ns, 'Audience'))
    .map(({ text }) => text.trim());
  verdicts.expect(
    'Audience is Entra',
    audiences.includes(entra.audience),
    'AADSTS50008',
    `it is ${audiences.join(', ') || 'missing'} instead of ${entra.audience}`,
  );
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
}

function judgeSubject(
  token: XmlElement,
  question: FederationQuestion,
  facts: FederationFacts,
  domains: readonly FederatedDomain[],
  verdicts: Verdicts,
): void {
  const subjects = findAll(token, ns, 'Subject');
  verdicts.expect(
    'The confirmation is bearer',
    subjects.length > 0 &&
      subjects.every(
        (one) =>
          textOf(childOf(one, ns, 'SubjectConfirmation'), ns, 'ConfirmationMethod') === bearer,
      ),
    'AADSTS50008',
    'a subject has another one or none',
  );
  const names = subjects.flatMap((one) => childrenOf(one, ns, 'NameIdentifier'));
  verdicts.expect(
    'NameIdentifier is unspecified',
    names.length > 0 && names.every((one) => attributeOf(one, 'Format') === unspecified),
    'AADSTS50008',
    `its Format is ${attributeOf(names[0] ?? null, 'Format') ?? 'missing'}`,
  );
  const immutableIds = valuesOf(token, claims.immutableId);
  const [immutableId = null] = immutableIds;
  const there = verdicts.expect(
    'ImmutableID is there',
    immutableIds.length === 1,
    'AADSTS90020',
    immutableIds.length === 0 ? 'the attribute is missing' : 'it has several values',
  );
  const upns = valuesOf(token, claims.upn);
  const [upn = null] = upns;
  verdicts.expect(
    'UPN is there',
    upns.length === 1 && upn !== null && upn.includes('@'),
    'AADSTS50008',
    'there is no attribute UPN with one value that is a UPN',
  );
  if (!there || immutableId === null) return;
  verdicts.expect(
    'NameIdentifier is ImmutableID',
    names.length > 0 && names.every(({ text }) => text === immutableId),
    'AADSTS51004',
    `it is ${names.map(({ text }) => text).join(', ') || 'missing'} instead of ${immutableId}`,
  );
  judgePerson({ immutableId, upn }, personFacts(question, facts, domains), verdicts);
}

function valuesOf(
  token: XmlElement,
  [name, namespace]: readonly [name: string, namespace: string],
): string[] {
  return childrenOf(token, ns, 'AttributeStatement')
    .flatMap((one) => childrenOf(one, ns, 'Attribute'))
    .filter(
      (one) =>
        attributeOf(one, 'AttributeName') === name &&
        attributeOf(one, 'AttributeNamespace') === namespace,
    )
    .flatMap((one) => childrenOf(one, ns, 'AttributeValue'))
    .map(({ text }) => text);
}
