import type { FederationFacts, FederationQuestion } from './federation-facts.js';
import { judgeIssuer } from './judge-issuer.js';
import { judgeSignature } from './judge-signature.js';
import { judgeToken11 } from './judge-token11.js';
import { judgeWindow } from './judge-window.js';
import { judgeAddressOfForm } from './judge-address-of-form.js';
import { fieldOf, type PostedForm } from './posted-form.js';
import { Verdicts, type Verdict } from './verdict.js';
import { entra, namespaces } from './wire-names.js';
import { attributeOf, childOf, findAll, is, textOf } from './xml-find.js';
import { readXml, XmlUnreadable, type XmlElement } from './xml-reader.js';

const { trust, policy, addressing, utility, assertion11: ns } = namespaces;
const saml11 = 'urn:oasis:names:tc:SAML:1.0:assertion';

/** What login.srf makes of a WS-Federation answer, rule by rule. */
export async function judgeWsFedAnswer(
  form: PostedForm,
  question: FederationQuestion,
  facts: FederationFacts,
): Promise<Verdict[]> {
  const verdicts = new Verdicts();
  judgeAddressOfForm(form, verdicts);
  const action = fieldOf(form, 'wa');
  verdicts.expect(
    'wa is wsignin1.0',
    action === 'wsignin1.0',
    'AADSTS20012',
    `it is ${action ?? 'missing'}`,
  );
  if (question.context === null) verdicts.skip('wctx is what was sent', 'that is not known');
  else {
    const context = fieldOf(form, 'wctx');
    verdicts.expect(
      'wctx is what was sent',
      context === question.context,
      'AADSTS20012',
      context === null
        ? 'it is missing'
        : `it differs at character ${firstDifference(context, question.context)}`,
    );
  }
  const xml = fieldOf(form, 'wresult');
  const envelope = xml === null ? null : readEnvelope(xml, verdicts);
  if (xml === null)
    verdicts.expect('There is a wresult', false, 'AADSTS20012', 'the field is missing');
  else if (envelope !== null) await judgeEnvelope(envelope, xml, question, facts, verdicts);
  return verdicts.all;
}

function readEnvelope(xml: string, verdicts: Verdicts): XmlElement | null {
  let envelope: XmlElement | null = null;
  let fault = '';
  try {
    envelope = readXml(xml);
    if (!is(envelope, trust, 'RequestSecurityTokenResponse')) {
      fault = `it is {${envelope.namespace}}${envelope.name}`;
      envelope = null;
    }
  } catch (error) {
    if (!(error instanceof XmlUnreadable)) throw error;
    fault = error.message;
  }
  verdicts.expect(
    'wresult is a RequestSecurityTokenResponse of WS-Trust 2005/02',
    envelope !== null,
    'AADSTS20012',
    fault,
  );
  return envelope;
}

async function judgeEnvelope(
  envelope: XmlElement,
  xml: string,
  question: FederationQuestion,
  facts: FederationFacts,
  verdicts: Verdicts,
): Promise<void> {
  const reference = childOf(
    childOf(envelope, policy, 'AppliesTo'),
    addressing,
    'EndpointReference',
  );
  const address = textOf(reference, addressing, 'Address');
  verdicts.expect(
    'AppliesTo is Entra',
    address === entra.audience,
    'AADSTS20012',
    `it is ${address ?? 'missing'}`,
  );
  const tokenType = textOf(envelope, trust, 'TokenType');
  verdicts.expect(
    'TokenType is SAML 1.1',
    tokenType === null || tokenType === saml11,
    'AADSTS50008',
    `it is ${tokenType}`,
  );
  const lifetime = childOf(envelope, trust, 'Lifetime');
  judgeWindow(
    'The lifetime of the answer is now',
    {
      from: textOf(lifetime, utility, 'Created'),
      until: textOf(lifetime, utility, 'Expires'),
      now: facts.now,
      needsFrom: true,
    },
    verdicts,
  );
  const token = childOf(childOf(envelope, trust, 'RequestedSecurityToken'), ns, 'Assertion');
  verdicts.expect(
    'Nothing is encrypted',
    !xml.includes('EncryptedData'),
    'AADSTS20012',
    'Entra gave nobody a key to encrypt for',
  );
  if (
    !verdicts.expect(
      'The token is a SAML 1.1 assertion',
      token !== null && findAll(envelope, ns, 'Assertion').length === 1,
      'AADSTS50008',
      'SAML 2.0 is not taken here',
    ) ||
    token === null
  ) {
    return;
  }
  const issuer = attributeOf(token, 'Issuer');
  const { domain, domains } = judgeIssuer({ issuer, around: null }, question, facts, verdicts);
  await judgeSignature(token, xml, 'AssertionID', domain, {
    verdicts,
    signatures: facts.signatures,
  });
  judgeToken11(token, question, facts, domains, verdicts);
}

function firstDifference(one: string, other: string): number {
  let at = 0;
  while (at < one.length && one[at] === other[at]) at += 1;
  return at + 1;
}
