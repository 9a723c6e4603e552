import { DOMParser } from '@xmldom/xmldom';
import { beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { buildResponse } from '../../../src/saml-core/build-response.js';
import type { OutgoingAttribute } from '../../../src/saml-core/outgoing.js';
import { withXml } from '../../../src/saml-core/xml-document.js';
import { attributeOf, childOf, childrenOf, textOf } from '../../../src/saml-core/xml-tree.js';
import type { XmlTree } from '../../../src/saml-core/xml-tree.js';
import { assertionContent, random, responseOptions } from './support/assertion-content.js';
import { saml } from './support/genuine.js';
import { hostileText } from './support/hostile-text.js';
import { testKey } from './support/key-pairs.js';
import { xmllintCanonical, xmlsecVerify } from './support/xmlsec.js';

const attribute: fc.Arbitrary<OutgoingAttribute> = fc.record({
  name: hostileText,
  nameFormat: fc.option(hostileText),
  friendlyName: fc.option(hostileText),
  values: fc.array(hostileText, { maxLength: 3 }),
});
const person = fc.record({
  subject: fc.record({
    value: hostileText,
    format: fc.option(hostileText),
    nameQualifier: fc.option(hostileText),
    spNameQualifier: fc.option(hostileText),
  }),
  issuer: hostileText,
  audience: hostileText,
  recipient: hostileText,
  sessionIndex: hostileText,
  inResponseTo: hostileText,
  authnContextClassRef: hostileText,
  attributes: fc.array(attribute, { maxLength: 12 }),
});
type Person = typeof person extends fc.Arbitrary<infer Value> ? Value : never;

let keys: ReturnType<typeof testKey>[];
beforeAll(() => {
  keys = [testKey(), testKey('ec')];
});

test('what was meant is what is read, by each parser, and what is written is canonical', async () => {
  await fc.assert(
    fc.asyncProperty(person, fc.integer({ min: 0, max: 1 }), async (meant, which) => {
      const key = keys[which] as (typeof keys)[0];
      const signed = responseOptions({ signResponse: true, destination: meant.recipient });
      const { xml } = await buildResponse(assertionContent(meant), signed, key, random);
      // But for two characters, which are written as references.
      const canonical = xml.replaceAll('&#x85;', '\u{85}').replaceAll('&#x2028;', '\u{2028}');
      expect(xmllintCanonical(xml)).toBe(canonical);
      xmlsecVerify(xml, key);
      expect(readByXmldom(xml)).toEqual(expectedOf(meant));
      const read = await withXml(xml, ({ tree }) => readByLibxml(tree));
      expect(withoutMarks(read)).toEqual(withoutMarks(expectedOf(meant)));
    }),
    { numRuns: 25 },
  );
}, 120_000);

/**
 * The parser reads a first U+FEFF; what fetches strings out of WebAssembly may take it for a byte order mark. (That is
 * why messages that hold one are not received.)
 */
function withoutMarks(read: ReturnType<typeof expectedOf>): unknown {
  return JSON.parse(JSON.stringify(read).replaceAll(/"\u{feff}+/gu, '"'));
}

function expectedOf(meant: Person) {
  return {
    issuer: meant.issuer,
    subject: meant.subject.value,
    format: meant.subject.format ?? '',
    recipient: meant.recipient,
    sessionIndex: meant.sessionIndex,
    audience: meant.audience,
    attributes: meant.attributes.map(({ name, nameFormat, friendlyName, values }) => ({
      name,
      nameFormat: nameFormat ?? '',
      friendlyName: friendlyName ?? '',
      values,
    })),
  };
}

function readByXmldom(xml: string): ReturnType<typeof expectedOf> {
  const document = new DOMParser().parseFromString(xml, 'text/xml');
  const all = (name: string) => Array.from(document.getElementsByTagNameNS(saml, name));
  const one = (name: string) => all(name)[0] as Element;
  const text = (element: Element) => element.textContent ?? '';
  const value = (element: Element, name: string) => element.getAttribute(name) ?? '';
  return {
    issuer: text(one('Issuer')),
    subject: text(one('NameID')),
    format: value(one('NameID'), 'Format'),
    recipient: value(one('SubjectConfirmationData'), 'Recipient'),
    sessionIndex: value(one('AuthnStatement'), 'SessionIndex'),
    audience: text(one('Audience')),
    attributes: all('Attribute').map((element) => ({
      name: value(element, 'Name'),
      nameFormat: value(element, 'NameFormat'),
      friendlyName: value(element, 'FriendlyName'),
      values: Array.from(element.getElementsByTagNameNS(saml, 'AttributeValue')).map(text),
    })),
  };
}

function readByLibxml(root: XmlTree): ReturnType<typeof expectedOf> {
  const at = (...names: string[]) =>
    names.reduce((tree, name) => childOf(tree, saml, name) as XmlTree, root);
  const value = (tree: XmlTree, name: string) => attributeOf(tree, name) ?? '';
  const nameId = at('Assertion', 'Subject', 'NameID');
  const statement = childOf(at('Assertion'), saml, 'AttributeStatement');
  return {
    issuer: textOf(at('Issuer')),
    subject: textOf(nameId),
    format: value(nameId, 'Format'),
    recipient: value(
      at('Assertion', 'Subject', 'SubjectConfirmation', 'SubjectConfirmationData'),
      'Recipient',
    ),
    sessionIndex: value(at('Assertion', 'AuthnStatement'), 'SessionIndex'),
    audience: textOf(at('Assertion', 'Conditions', 'AudienceRestriction', 'Audience')),
    attributes: (statement ? childrenOf(statement, saml, 'Attribute') : []).map((one) => ({
      name: value(one, 'Name'),
      nameFormat: value(one, 'NameFormat'),
      friendlyName: value(one, 'FriendlyName'),
      values: childrenOf(one, saml, 'AttributeValue').map(textOf),
    })),
  };
}
