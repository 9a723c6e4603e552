import { X509Certificate } from 'node:crypto';
import { describe, expect } from '@jest/globals';
import { acceptableAmr, externalMfaRequest } from '../../../src/entra-twin/external-mfa-request.js';
import { judgeSignature } from '../../../src/entra-twin/judge-signature.js';
import { samlMetadata } from '../../../src/entra-twin/microsoft-face.js';
import { samlRequest } from '../../../src/entra-twin/saml-request.js';
import { createSignatureJudge } from '../../../src/entra-twin/signature-judge.js';
import { Verdicts } from '../../../src/entra-twin/verdict.js';
import { wsFedRequest, type WsFedRequestForm } from '../../../src/entra-twin/wsfed-request.js';
import { attributeOf, findAll } from '../../../src/entra-twin/xml-find.js';
import { readXml, type XmlElement } from '../../../src/entra-twin/xml-reader.js';
import { makeKey } from '../../support/entra-twin/test-key.js';
import { vectorTest } from '../../support/vectors/vectors-folder.js';
import { importPKCS8, decodeJwt } from 'jose';

const surroundings = { now: () => Date.now(), bytes: (length: number) => Buffer.alloc(length, 7) };
const dsig = 'http://www.w3.org/2000/09/xmldsig#';

/** Names of elements and of their attributes, without values. */
const shapeOf = (element: XmlElement): unknown => [
  element.name,
  [...element.attributes.keys()].sort(),
  element.children.map(shapeOf),
];

describe('what the twin sends has the shape of what was recorded', () => {
  const key = makeKey('entra twin');
  const passiveSignInUri = 'https://fs.contoso.com/adfs/ls/';

  for (const name of ['unsigned', 'signed'] as const) {
    vectorTest(
      `SAML, ${name}`,
      [`microsoft-365/saml/authnrequest-2024-${name}.xml`],
      async (recorded = '') => {
        const form = `${name}-2024` as const;
        const choices = { form, passiveSignInUri, multiFactor: false, fresh: false, key };
        const request = await samlRequest(choices, surroundings);
        const xml = Buffer.from(request.form.fields[0]?.[1] ?? '', 'base64').toString();
        expect(shapeOf(readXml(xml))).toEqual(shapeOf(readXml(recorded.trim())));
      },
    );
  }

  vectorTest(
    'Microsoft’s metadata',
    ['microsoft-365/saml/sp-metadata-2021-signed.xml'],
    async (file = '') => {
      const recorded = readXml(file.trim());
      const own = readXml(await samlMetadata(key, '_1'));
      const names = (document: XmlElement, name: string) =>
        findAll(document, 'urn:oasis:names:tc:SAML:2.0:metadata', name);
      expect(own.attributes.get('entityID')).toBe(recorded.attributes.get('entityID'));
      const [consumer] = names(own, 'AssertionConsumerService');
      const [recordedConsumer] = names(recorded, 'AssertionConsumerService');
      expect(attributeOf(consumer ?? null, 'Location')).toBe(
        attributeOf(recordedConsumer ?? null, 'Location'),
      );
    },
  );

  const forms: [number, WsFedRequestForm][] = [
    [0, 'plain'],
    [1, 'step-up'],
  ];
  for (const [index, form] of forms) {
    vectorTest(
      `WS-Federation, ${form}`,
      ['microsoft-365/wsfed/recorded-signin-urls.txt'],
      (file = '') => {
        const recorded = file.split('\n').filter((line) => line.startsWith('https://'))[index];
        const username = 'user@example.com';
        const { url } = wsFedRequest({ form, passiveSignInUri, username }, surroundings);
        const namesOf = (address: string) => [...new URL(address).searchParams.keys()];
        const sent = namesOf(url);
        const before = namesOf(recorded ?? '');
        expect([...sent].sort()).toEqual([...before].sort());
        if (form === 'step-up') expect(sent.slice(0, 2)).toEqual(before.slice(0, 2));
        expect(new URL(url).searchParams.get('wctx')?.replace(/estsrequest=.*/, '')).toBe(
          new URL(recorded ?? '').searchParams.get('wctx')?.replace(/estsrequest=.*/, ''),
        );
      },
    );
  }

  const eam = [
    'microsoft-365/eam/claims-request-param.json',
    'microsoft-365/eam/id_token_hint-member-2024docs.txt',
  ];
  vectorTest(
    'External MFA: the claims parameter and the hint',
    eam,
    async (asked = '', member = '') => {
      const method = {
        ...{ tenantId: 't', clientId: 'c', appId: 'a', discoveryUrl: '' },
        ...{ replyUrls: null, consented: null },
      };
      const { form } = await externalMfaRequest(
        {
          method,
          user: { objectId: 'o', upn: 'u@example.com', name: 'U' },
          authorizationEndpoint: 'https://idp.example.com/authorize',
          key: { kid: 'k', privateKey: await importPKCS8(key.privateKey, 'RS256') },
          authority: 'https://login.microsoftonline.com',
        },
        surroundings,
      );
      const fields = Object.fromEntries(form.fields);
      expect(JSON.parse(fields['claims'] ?? '')).toEqual(JSON.parse(asked));
      const hint = decodeJwt(fields['id_token_hint'] ?? '');
      const recorded = [...member.matchAll(/^ {2}"(\w+)":/gm)]
        .map(([, name]) => name)
        .filter((name) => !['typ', 'alg', 'kid'].includes(name ?? ''));
      expect(Object.keys(hint).sort()).toEqual(recorded.sort());
      expect(hint.exp).toBeLessThan(hint.iat ?? 0);
    },
  );
});

describe('the twin judges what was recorded', () => {
  for (const name of ['RSTR', 'RSTR2005', 'common']) {
    const token = `microsoft-365/wsfed/saml11-assertion-${name}-VERIFIED.xml`;
    vectorTest(`the signature of the AD FS token ${name}`, [token], async (file = '') => {
      const xml = file.trim();
      const token = readXml(xml);
      const carried = findAll(token, dsig, 'X509Certificate')[0]?.text ?? '';
      const domain = {
        ...{ name: 'example.com', issuerUri: '', passiveSignInUri: '', protocol: 'wsFed' as const },
        signingCertificates: [
          new X509Certificate(Buffer.from(carried, 'base64')).raw.toString('base64'),
        ],
      };
      const judged = async (document: string) => {
        const verdicts = new Verdicts();
        const deps = { verdicts, signatures: createSignatureJudge() };
        await judgeSignature(readXml(document), document, 'AssertionID', domain, deps);
        return verdicts.all.map(({ outcome }) => outcome);
      };
      expect(await judged(xml)).toEqual(['passed', 'passed', 'passed', 'passed']);
      expect((await judged(xml.replace('>UPN<', '>').replace(/Z"/, 'Y"'))).at(-1)).toBe('failed');
    });
  }

  const matrix = 'microsoft-365/eam/acr-amr-acceptance-matrix-makerx.txt';
  vectorTest('the matrix of acr and amr agrees with the rules', [matrix], (file = '') => {
    const rows = [
      ...file.matchAll(/\|\s*(\w+)\s*\|\s*(\w+)\s*\|\s*(success|fail)\s*\|\s*(AADSTS\d+)?/g),
    ];
    expect(rows).toHaveLength(18);
    for (const [, acr, amr = '', result, code] of rows) {
      const expected =
        acr !== 'possessionorinherence'
          ? 'AADSTS5001258'
          : acceptableAmr.includes(amr)
            ? undefined
            : 'AADSTS5001257';
      expect([result, code]).toEqual([expected === undefined ? 'success' : 'fail', expected]);
    }
  });
});
