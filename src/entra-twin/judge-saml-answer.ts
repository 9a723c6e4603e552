import { judgeAssertion } from './judge-assertion.js';
import type { FederationFacts, FederationQuestion } from './federation-facts.js';
import { judgeIssuer } from './judge-issuer.js';
import { judgeSignature } from './judge-signature.js';
import { judgeAddressOfForm } from './judge-address-of-form.js';
import { fieldOf, type PostedForm } from './posted-form.js';
import { Verdicts, type Verdict } from './verdict.js';
import { entra, namespaces } from './wire-names.js';
import { attributeOf, childOf, childrenOf, findAll, is, textOf } from './xml-find.js';
import { readXml, XmlUnreadable, type XmlElement } from './xml-reader.js';

const success = 'urn:oasis:names:tc:SAML:2.0:status:Success';
const { protocol, assertion: ns } = namespaces;

/** What login.srf makes of a SAML response, rule by rule. */
export async function judgeSamlAnswer(
  form: PostedForm,
  question: FederationQuestion,
  facts: FederationFacts,
): Promise<Verdict[]> {
  const verdicts = new Verdicts();
  judgeAddressOfForm(form, verdicts);
  if (question.requestId === null)
    verdicts.skip('RelayState is what was sent', 'that is not known');
  else {
    const relayState = fieldOf(form, 'RelayState');
    verdicts.expect(
      'RelayState is what was sent',
      relayState === question.context,
      'AADSTS20012',
      `${question.context ?? 'none'} was sent and ${relayState ?? 'none'} came back`,
    );
  }
  const posted = fieldOf(form, 'SAMLResponse');
  if (
    !verdicts.expect(
      'There is a SAMLResponse',
      posted !== null && posted !== '',
      'AADSTS50008',
      'the field is missing',
    ) ||
    posted === null
  ) {
    return verdicts.all;
  }
  const xml = Buffer.from(posted, 'base64').toString('utf8');
  const response = readResponse(xml, verdicts);
  if (response === null) return verdicts.all;
  await judgeResponse(response, xml, question, facts, verdicts);
  return verdicts.all;
}

function readResponse(xml: string, verdicts: Verdicts): XmlElement | null {
  let response: XmlElement | null = null;
  let fault = '';
  try {
    response = readXml(xml);
    if (!is(response, protocol, 'Response')) {
      fault = `it is {${response.namespace}}${response.name}`;
      response = null;
    }
  } catch (error) {
    if (!(error instanceof XmlUnreadable)) throw error;
    fault = error.message;
  }
  verdicts.expect('It is a SAML 2.0 Response', response !== null, 'AADSTS50008', fault);
  return response;
}

async function judgeResponse(
  response: XmlElement,
  xml: string,
  question: FederationQuestion,
  facts: FederationFacts,
  verdicts: Verdicts,
): Promise<void> {
  const status = attributeOf(
    childOf(childOf(response, protocol, 'Status'), protocol, 'StatusCode'),
    'Value',
  );
  if (
    !verdicts.expect(
      'The status is Success',
      status === success,
      'AADSTS50008',
      `it is ${status ?? 'missing'}`,
    )
  ) {
    return;
  }
  const assertions = findAll(response, ns, 'Assertion');
  const [assertion = null] = childrenOf(response, ns, 'Assertion');
  const encrypted = findAll(response, ns, 'EncryptedAssertion').length > 0;
  verdicts.expect(
    'Nothing is encrypted',
    !encrypted && findAll(response, ns, 'EncryptedID').length === 0,
    'AADSTS20012',
    'Entra gave nobody a key to encrypt for',
  );
  if (
    !verdicts.expect(
      'There is one assertion',
      assertions.length === 1 && assertion !== null,
      'AADSTS50008',
      `there are ${assertions.length}`,
    ) ||
    assertion === null
  ) {
    return;
  }
  const issuer = textOf(assertion, ns, 'Issuer');
  const around = textOf(response, ns, 'Issuer');
  const { domain, domains } = judgeIssuer({ issuer, around }, question, facts, verdicts);
  await judgeSignature(assertion, xml, 'ID', domain, { verdicts, signatures: facts.signatures });
  judgeAssertion(assertion, question, facts, domains, verdicts);
  judgeAddress(response, assertion, question, verdicts);
}

function judgeAddress(
  response: XmlElement,
  assertion: XmlElement,
  question: FederationQuestion,
  verdicts: Verdicts,
): void {
  const data = childOf(
    childOf(childOf(assertion, ns, 'Subject'), ns, 'SubjectConfirmation'),
    ns,
    'SubjectConfirmationData',
  );
  const destination = attributeOf(response, 'Destination');
  const recipient = attributeOf(data, 'Recipient');
  verdicts.expect(
    'Destination and Recipient are login.srf',
    recipient === entra.loginUrl && (destination === null || destination === entra.loginUrl),
    'AADSTS50008',
    `Destination is ${destination ?? 'missing'}, Recipient is ${recipient ?? 'missing'}`,
  );
  const answered = [attributeOf(response, 'InResponseTo'), attributeOf(data, 'InResponseTo')];
  if (question.requestId === null) {
    verdicts.skip('InResponseTo is the request', 'the request is not known');
    return;
  }
  verdicts.expect(
    'InResponseTo is the request',
    answered.every((one) => one === question.requestId),
    'AADSTS50008',
    `${answered.map((one) => one ?? 'none').join(' and ')} instead of ${question.requestId}`,
  );
}
