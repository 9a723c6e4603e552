import type { FederationFacts, FederationQuestion } from './federation-facts.js';
import { judgeAssertion } from './judge-assertion.js';
import { judgeIssuer } from './judge-issuer.js';
import { judgeSignature } from './judge-signature.js';
import { judgeToken11 } from './judge-token11.js';
import { Verdicts, type Verdict } from './verdict.js';
import { entra, namespaces } from './wire-names.js';
import { attributeOf, findAll, is, textOf } from './xml-find.js';
import { readXml, XmlUnreadable, type XmlElement } from './xml-reader.js';

const { assertion: ns, assertion11: ns11 } = namespaces;

/**
 * What Entra makes of an assertion that was cut out of its answer, by SAML 2.0 or 1.1. The rules about the answer around it
 * are left out.
 */
export async function judgeBareAssertion(
  xml: string,
  question: FederationQuestion,
  facts: FederationFacts,
): Promise<Verdict[]> {
  const verdicts = new Verdicts();
  const assertion = readAssertion(xml, verdicts);
  if (assertion === null) return verdicts.all;
  verdicts.skip('The answer around it', 'it is not there');
  const { signatures } = facts;
  const old = is(assertion, ns11, 'Assertion');
  const issuer = old ? attributeOf(assertion, 'Issuer') : textOf(assertion, ns, 'Issuer');
  const { domain, domains } = judgeIssuer({ issuer, around: null }, question, facts, verdicts);
  const deps = { verdicts, signatures };
  await judgeSignature(assertion, xml, old ? 'AssertionID' : 'ID', domain, deps);
  if (old) judgeToken11(assertion, question, facts, domains, verdicts);
  else {
    judgeAssertion(assertion, question, facts, domains, verdicts);
    const [data = null] = findAll(assertion, ns, 'SubjectConfirmationData');
    const recipient = attributeOf(data, 'Recipient');
    verdicts.expect(
      'Recipient is login.srf',
      recipient === entra.loginUrl,
      'AADSTS50008',
      `it is ${recipient ?? 'missing'}`,
    );
  }
  return verdicts.all;
}

function readAssertion(xml: string, verdicts: Verdicts): XmlElement | null {
  let assertion: XmlElement | null = null;
  let fault = '';
  try {
    const root = readXml(xml);
    if (is(root, ns, 'Assertion') || is(root, ns11, 'Assertion')) assertion = root;
    else fault = `it is {${root.namespace}}${root.name}`;
  } catch (error) {
    if (!(error instanceof XmlUnreadable)) throw error;
    fault = error.message;
  }
  const rule = 'It is an assertion of SAML 2.0 or 1.1';
  verdicts.expect(rule, assertion !== null, 'AADSTS50008', fault);
  return assertion;
}
