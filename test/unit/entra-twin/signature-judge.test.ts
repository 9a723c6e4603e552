import { expect, test } from '@jest/globals';
import { createSignatureJudge } from '../../../src/entra-twin/signature-judge.js';
import { signXml, template } from '../../support/entra-twin/sign-xml.js';
import { bare, makeKey } from '../../support/entra-twin/test-key.js';

test('many signatures at once are judged one by one, whoever shares a process with whom', async () => {
  const [key, other] = [makeKey('one'), makeKey('other')];
  const assertion = (id: string, text: string) =>
    `<saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="${id}">${template(id, key)}<saml:Issuer>${text}</saml:Issuer></saml:Assertion>`;
  const signed = await Promise.all(
    Array.from({ length: 12 }, (_, index) => signXml(assertion(`_${index}`, 'x'), key)),
  );
  const judge = createSignatureJudge();
  const verdicts = await Promise.all(
    signed.map((xml, index) =>
      judge.verifies({
        xml: index % 5 === 2 ? xml.replace('>x<', '>y<') : xml,
        signature: '/*/*[1]',
        certificate: bare((index % 7 === 3 ? other : key).certificate),
      }),
    ),
  );
  expect(verdicts).toEqual(signed.map((_, index) => index % 5 !== 2 && index % 7 !== 3));
});
