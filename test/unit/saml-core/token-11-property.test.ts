import { DOMParser } from '@xmldom/xmldom';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { buildToken11 } from '../../../src/saml-core/build-token-11.js';
import { buildTokenResponse } from '../../../src/saml-core/build-token-response.js';
import { random } from './support/assertion-content.js';
import { hostileText } from './support/hostile-text.js';
import { testKey } from './support/key-pairs.js';
import { treeByLibxml, treeByXmldom, withoutMarks } from './support/read-trees.js';
import { token11Content } from './support/token-11-content.js';
import { xmllintCanonical, xmlsecVerify } from './support/xmlsec.js';

const SAML = 'urn:oasis:names:tc:SAML:1.0:assertion';
const keys = [testKey(), testKey('ec')] as const;
const person = fc.record({
  issuer: hostileText,
  audience: hostileText,
  subject: fc.record({ value: hostileText, format: hostileText }),
  authenticationMethod: hostileText,
  attributes: fc.array(
    fc.record({
      name: hostileText,
      namespace: hostileText,
      values: fc.array(hostileText, { minLength: 1, maxLength: 3 }),
    }),
    { maxLength: 8 },
  ),
});
type Person = typeof person extends fc.Arbitrary<infer Value> ? Value : never;

test('whatever people are called: canonical to the byte, verified, and read as it was meant', async () => {
  await fc.assert(
    fc.asyncProperty(person, fc.constantFrom(...keys), async (meant, key) => {
      const { xml: token } = await buildToken11(token11Content(meant), key, random);
      expect(xmllintCanonical(token)).toBe(token);
      const xml = buildTokenResponse({ token, appliesTo: meant.audience, created: 0, expires: 1 });
      const canonical = xml.replaceAll('&#x85;', '\u{85}').replaceAll('&#x2028;', '\u{2028}');
      expect(xmllintCanonical(xml)).toBe(canonical);
      xmlsecVerify(xml, key, "//*[local-name()='Assertion']/*[local-name()='Signature']");
      expect(readByXmldom(xml)).toEqual(meant);
      expect(withoutMarks(await treeByLibxml(xml))).toEqual(withoutMarks(treeByXmldom(xml)));
    }),
    { numRuns: 25 },
  );
}, 120_000);

function readByXmldom(xml: string): Person {
  const document = new DOMParser().parseFromString(xml, 'text/xml');
  const all = (name: string, within: Document | Element = document) =>
    Array.from(within.getElementsByTagNameNS(SAML, name));
  const one = (name: string) => all(name)[0] as Element;
  const text = (element: Element) => element.textContent ?? '';
  const value = (element: Element, name: string) => element.getAttribute(name) ?? '';
  const identifier = one('NameIdentifier');
  return {
    issuer: value(one('Assertion'), 'Issuer'),
    audience: text(one('Audience')),
    subject: { value: text(identifier), format: value(identifier, 'Format') },
    authenticationMethod: value(one('AuthenticationStatement'), 'AuthenticationMethod'),
    attributes: all('Attribute').map((attribute) => ({
      name: value(attribute, 'AttributeName'),
      namespace: value(attribute, 'AttributeNamespace'),
      values: all('AttributeValue', attribute).map(text),
    })),
  };
}
