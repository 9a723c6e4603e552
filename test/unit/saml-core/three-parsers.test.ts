import { createHash } from 'node:crypto';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { buildLogoutRequest, buildLogoutResponse } from '../../../src/saml-core/build-logout.js';
import { buildMetadata } from '../../../src/saml-core/build-metadata.js';
import { buildResponse } from '../../../src/saml-core/build-response.js';
import { buildStatusResponse } from '../../../src/saml-core/build-status-response.js';
import type { XmlTree } from '../../../src/saml-core/xml-tree.js';
import { responseOptions } from './support/assertion-content.js';
import { hostileText } from './support/hostile-text.js';
import { testKey } from './support/key-pairs.js';
import type { TestKey } from './support/key-pairs.js';
import { mapValues, treeByLibxml, treeByXmldom, withoutMarks } from './support/read-trees.js';
import { xmllintCanonical, xmlsecDecrypt, xmlsecVerify } from './support/xmlsec.js';

/**
 * Each message is built twice, with the same random numbers: once with a word of its own for each value, once with
 * hostile texts. The second has to be read as the first, with the texts in place of the words and nothing else changed.
 */
type Build = (text: (word: number) => string, key: TestKey) => Promise<string>;

const words = 24;
const now = Date.UTC(2026, 10, 20, 10);
const partner = testKey();
const keys = [testKey(), testKey('ec')];

function sameRandom() {
  let count = 0;
  return {
    bytes(length: number) {
      count += 1;
      return createHash('shake256', { outputLength: length }).update(String(count)).digest();
    },
  };
}

const response =
  (signAssertion: boolean, signResponse: boolean, encrypted: boolean): Build =>
  async (text, key) => {
    const content = {
      issuer: text(0),
      audience: text(1),
      subject: {
        value: text(2),
        format: text(3),
        nameQualifier: text(4),
        spNameQualifier: text(5),
      },
      inResponseTo: text(6),
      recipient: text(7),
      issueInstant: now,
      authnInstant: now,
      notBefore: now,
      notOnOrAfter: now,
      sessionIndex: text(8),
      sessionNotOnOrAfter: now,
      authnContextClassRef: text(9),
      attributes: [10, 15].map((first) => ({
        name: text(first),
        nameFormat: text(first + 1),
        friendlyName: text(first + 2),
        values: [text(first + 3), text(first + 4)],
      })),
    };
    const options = responseOptions({
      destination: text(20),
      inResponseTo: text(21),
      signAssertion,
      signResponse,
      encryptFor: encrypted ? partner.certificate : null,
    });
    return (await buildResponse(content, options, key, sameRandom())).xml;
  };

const kinds: [string, Build][] = [
  ['Response, assertion signed', response(true, false, false)],
  ['Response, message signed', response(false, true, false)],
  ['Response, both signed', response(true, true, false)],
  ['Response, assertion signed, encrypted', response(true, false, true)],
  ['Response, message signed, encrypted', response(false, true, true)],
  ['Response, both signed, encrypted', response(true, true, true)],
  [
    'Response that says why not',
    async (text, key) => {
      const built = await buildStatusResponse(
        {
          issuer: text(0),
          destination: text(1),
          inResponseTo: text(2),
          issueInstant: now,
          status: 'Responder',
          subStatus: 'NoPassive',
          message: text(3),
        },
        key,
        sameRandom(),
      );
      return built.xml;
    },
  ],
  [
    'LogoutRequest',
    async (text, key) => {
      const built = await buildLogoutRequest(
        {
          issuer: text(0),
          destination: text(1),
          issueInstant: now,
          notOnOrAfter: now,
          nameId: {
            value: text(2),
            format: text(3),
            nameQualifier: text(4),
            spNameQualifier: text(5),
          },
          sessionIndexes: [text(6), text(7)],
        },
        key,
        sameRandom(),
      );
      return built.xml;
    },
  ],
  [
    'LogoutResponse',
    async (text, key) => {
      const built = await buildLogoutResponse(
        {
          issuer: text(0),
          destination: text(1),
          issueInstant: now,
          inResponseTo: text(2),
          status: 'Responder',
          subStatus: 'PartialLogout',
        },
        key,
        sameRandom(),
      );
      return built.xml;
    },
  ],
  [
    'metadata',
    (text, key) =>
      buildMetadata(
        {
          entityId: text(0),
          singleSignOn: [{ binding: text(1), url: text(2) }],
          singleLogout: [{ binding: text(3), url: text(4) }],
          signingCertificates: [key.certificate],
          encryptionCertificates: [partner.certificate],
          nameIdFormats: [text(5), text(6)],
          wantAuthnRequestsSigned: true,
          validUntil: now,
          cacheDurationSeconds: 60,
        },
        key,
        sameRandom(),
      ),
  ],
];

test.each(kinds)(
  'xmldom, libxml2 and xmlsec1 read the same, and what was meant: %s',
  async (_, build) => {
    for (const key of keys) {
      const model = opened(await build((word) => `word-${word}.`, key));
      const modelTree = treeByXmldom(model);
      expect(modelTree).toEqual(await treeByLibxml(model));
      await fc.assert(
        fc.asyncProperty(
          fc.array(hostileText, { minLength: words, maxLength: words }),
          async (texts) => {
            const meant = mapValues(modelTree, (value) => {
              const word = /^word-(\d+)\.$/.exec(value)?.[1];
              return word === undefined ? value : (texts[Number(word)] ?? '');
            });
            const sent = await build((word) => texts[word] ?? '', key);
            const xml = opened(sent);
            expect(treeByXmldom(xml)).toEqual(meant);
            expect(withoutMarks(await treeByLibxml(xml))).toEqual(withoutMarks(meant));
            // The digests are of what was written: where xmlsec1 finds the same, it has read the same.
            verifyAll(sent, '//', key);
            if (xml !== sent) verifyAll(xml, "//*[local-name()='Assertion']/", key);
            const canonical = sent
              .replaceAll('&#x85;', '\u{85}')
              .replaceAll('&#x2028;', '\u{2028}');
            expect(xmllintCanonical(sent)).toBe(canonical);
          },
        ),
        { numRuns: 6 },
      );
    }
  },
  120_000,
);

/** Every signature below `within`; of an opened message the outer one is over what was sent. */
function verifyAll(xml: string, within: string, key: TestKey): void {
  const inside = within === '//' ? xml : (/<saml:Assertion .*/s.exec(xml)?.[0] ?? '');
  const count = inside.match(/<ds:Signature /g)?.length ?? 0;
  for (let at = 1; at <= count; at += 1) {
    xmlsecVerify(xml, key, `(${within}*[local-name()='Signature'])[${at}]`);
  }
}

/** With the assertion in the clear. */
function opened(xml: string): string {
  if (!xml.includes('<saml:EncryptedAssertion')) return xml;
  const clear = xmlsecDecrypt(xml, partner);
  return clear
    .replace(/^<\?xml[^>]*\?>\s*/, '')
    .replace(/<saml:EncryptedAssertion[^>]*>\s*/, '')
    .replace(/\s*<\/saml:EncryptedAssertion>/, '')
    .trimEnd();
}

test('a word is a value of its own in each of them', async () => {
  for (const [name, build] of kinds) {
    const asked = new Set<number>();
    const key = keys[0] as TestKey;
    const xml = opened(
      await build((word) => {
        asked.add(word);
        return `word-${word}.`;
      }, key),
    );
    const found: string[] = [];
    const collect = (tree: XmlTree) =>
      mapValues(tree, (value) => {
        if (value.startsWith('word-')) found.push(value);
        return value;
      });
    collect(treeByXmldom(xml));
    expect([name, new Set(found).size]).toEqual([name, asked.size]);
  }
});
