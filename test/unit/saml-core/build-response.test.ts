import { expect, test } from '@jest/globals';
import { buildResponse } from '../../../src/saml-core/build-response.js';
import { buildStatusResponse } from '../../../src/saml-core/build-status-response.js';
import {
  assertionContent,
  assertionSchema,
  protocolSchema,
  random,
  responseOptions,
} from './support/assertion-content.js';
import { testKey } from './support/key-pairs.js';
import { xmllintCanonical, xmllintValid, xmlsecDecrypt, xmlsecVerify } from './support/xmlsec.js';

const keys = { rsa: testKey(), ec: testKey('ec') };
const partner = testKey();
const onAssertion = "/*/*[local-name()='Assertion']/*[local-name()='Signature']";

const options = (['rsa', 'ec'] as const).flatMap((kind) =>
  [
    [true, false],
    [false, true],
    [true, true],
  ].flatMap(([signAssertion, signResponse]) =>
    [null, partner.certificate].map((encryptFor) => ({
      kind,
      signAssertion: signAssertion === true,
      signResponse: signResponse === true,
      encryptFor,
      encrypted: encryptFor !== null,
    })),
  ),
);

test.each(options)(
  '$kind, assertion signed: $signAssertion, response signed: $signResponse, encrypted: $encrypted',
  async ({ kind, encrypted, ...rest }) => {
    const key = keys[kind];
    const { xml, assertionId, responseId } = await buildResponse(
      assertionContent(),
      responseOptions(rest),
      key,
      random,
    );
    xmllintValid(xml, protocolSchema);
    expect(xmllintCanonical(xml)).toBe(xml);
    expect(xml).toContain(`ID="${responseId}"`);
    expect(xml.includes(`ID="${assertionId}"`)).toBe(!encrypted);
    if (rest.signResponse) xmlsecVerify(xml, key);
    if (!encrypted) {
      if (rest.signAssertion) xmlsecVerify(xml, key, onAssertion);
      return;
    }
    const opened = /<saml:Assertion .*<\/saml:Assertion>/s.exec(xmlsecDecrypt(xml, partner))?.[0];
    expect(opened).toContain(`ID="${assertionId}"`);
    xmllintValid(opened ?? '', assertionSchema);
    if (rest.signAssertion) xmlsecVerify(opened ?? '', key);
  },
);

test('what may be absent is absent', async () => {
  const { xml } = await buildResponse(
    assertionContent({ inResponseTo: null, sessionNotOnOrAfter: null, attributes: [] }),
    responseOptions({ inResponseTo: null }),
    keys.rsa,
    random,
  );
  xmllintValid(xml, protocolSchema);
  expect(xml).not.toMatch(/InResponseTo|SessionNotOnOrAfter|Attribute|null/);
});

test('values of an attribute stay apart', async () => {
  const { xml } = await buildResponse(assertionContent(), responseOptions(), keys.rsa, random);
  expect(xml).toContain(
    '<saml:Attribute Name="groups"><saml:AttributeValue>a,b</saml:AttributeValue><saml:AttributeValue>c</saml:AttributeValue></saml:Attribute>',
  );
});

test('every message has ids of its own', async () => {
  const built = await Promise.all(
    Array.from({ length: 8 }, () =>
      buildResponse(assertionContent(), responseOptions(), keys.ec, random),
    ),
  );
  const ids = built.flatMap(({ assertionId, responseId }) => [assertionId, responseId]);
  expect(new Set(ids).size).toBe(16);
});

test('a response with nothing signed is not made', async () => {
  const nothing = responseOptions({ signAssertion: false });
  await expect(buildResponse(assertionContent(), nothing, keys.rsa, random)).rejects.toThrow(
    'proves nothing',
  );
});

test.each(['\0', 'a\u{b}', '\u{1f}', '\u{fffe}', '\u{ffff}', '\u{d800}', '\u{dfff}x', 'x\u{d83d}'])(
  'what XML cannot carry is not carried: %j',
  async (value) => {
    const attribute = { name: 'a', nameFormat: null, friendlyName: null, values: [value] };
    const named = { ...attribute, name: value, values: ['a'] };
    for (const content of [
      assertionContent({ attributes: [attribute] }),
      assertionContent({ attributes: [named] }),
      assertionContent({ sessionIndex: value }),
      assertionContent({ subject: { ...assertionContent().subject, value } }),
    ]) {
      await expect(
        buildResponse(content, responseOptions(), keys.rsa, random),
      ).rejects.toMatchObject({ name: 'NotXmlText' });
    }
  },
);

test.each(['rsa', 'ec'] as const)('an error response is signed and valid: %s', async (kind) => {
  const { xml } = await buildStatusResponse(
    {
      issuer: 'https://idp.example/saml',
      destination: 'https://sp.example/acs',
      inResponseTo: '_request',
      issueInstant: Date.UTC(2026, 10, 20, 10),
      status: 'Responder',
      subStatus: 'NoPassive',
      message: 'not <now>',
    },
    keys[kind],
    random,
  );
  xmllintValid(xml, protocolSchema);
  xmlsecVerify(xml, keys[kind]);
  expect(xmllintCanonical(xml)).toBe(xml);
  expect(xml).toContain(
    '<samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Responder"><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:NoPassive"></samlp:StatusCode></samlp:StatusCode><samlp:StatusMessage>not &lt;now&gt;</samlp:StatusMessage>',
  );
});
