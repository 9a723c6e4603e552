import { createHmac } from 'node:crypto';
import { forgeries } from './forgeries.js';
import { authnRequest, deflated, logoutRequest, post, redirect } from './genuine.js';
import type { HostileKeys, HostileMessage } from './hostile-message.js';
import { peerQuery, peerSigned } from './peer-signature.js';
import type { Template } from './signature-template.js';
import {
  inclusive,
  reference,
  transform,
  usualTransforms,
  withTemplate,
} from './signature-template.js';
import { xmlsecSign } from './xmlsec.js';

const dsig = 'http://www.w3.org/2000/09/xmldsig#';
const more = 'http://www.w3.org/2001/04/xmldsig-more#';
const exclusive = 'http://www.w3.org/2001/10/xml-exc-c14n#';
const inclusiveC14n = 'http://www.w3.org/TR/2001/REC-xml-c14n-20010315';
const enveloped = transform(`${dsig}enveloped-signature`);
const xpath = transform(
  'http://www.w3.org/TR/1999/REC-xpath-19991116',
  '<ds:XPath>not(ancestor-or-self::ds:Signature)</ds:XPath>',
);

/** Signatures that say something else than that this partner wrote this message. */
export function hostileSignatures({
  rsa,
  other,
  weak,
  ec,
  koblitz,
}: HostileKeys): HostileMessage[] {
  const good = peerSigned(authnRequest(), rsa);
  const posted = (name: string, xml: string, refusal: string): HostileMessage => ({
    name,
    inbound: post(xml),
    refusal,
  });
  const oddly = (name: string, template: Template, refusal: string, xml = authnRequest()) =>
    posted(name, xmlsecSign(withTemplate(xml, template), rsa), refusal);
  const edited = (name: string, edit: (xml: string) => string, refusal: string) =>
    posted(name, edit(good), refusal);
  const many = Array.from({ length: 21 }, (_, i) => `p${i}`).join(' ');
  const sha1 = `${dsig}sha1`;
  return [
    posted(
      'signed by a stranger',
      peerSigned(authnRequest(), other),
      'signature-invalid signature',
    ),
    {
      ...posted('signed, but no certificate is stored', good, 'signature-invalid no-certificate'),
      partner: { signingCertificates: [] },
    },
    {
      ...posted('a certificate that is none', good, 'signature-invalid signature'),
      partner: { signingCertificates: ['x'] },
    },
    {
      ...posted('a weak key', peerSigned(authnRequest(), weak), 'signature-algorithm weak-key'),
      partner: { signingCertificates: [weak.certificate] },
    },
    {
      ...posted(
        'a curve that is not taken',
        peerSigned(authnRequest(), koblitz),
        'signature-algorithm weak-key',
      ),
      partner: { signingCertificates: [koblitz.certificate] },
    },
    {
      ...posted('an RSA signature where EC keys are stored', good, 'signature-invalid signature'),
      partner: { signingCertificates: [ec.certificate] },
    },
    posted(
      'signed with SHA-1',
      peerSigned(authnRequest(), rsa, { signature: `${dsig}rsa-sha1` }),
      'signature-algorithm signature-sha1',
    ),
    posted(
      'a digest with SHA-1',
      peerSigned(authnRequest(), rsa, { digest: sha1 }),
      'signature-algorithm digest-sha1',
    ),
    edited(
      'HMAC with the certificate as secret',
      (xml) => xml.replace(`${more}rsa-sha256`, `${more}hmac-sha256`),
      'signature-algorithm signature-method',
    ),
    edited(
      'a digest nobody knows',
      (xml) => xml.replace('xmlenc#sha256', 'xmlenc#sha257'),
      'signature-algorithm digest-method',
    ),
    edited(
      'a changed value',
      (xml) => xml.replace('sp.example/acs', 'evil.example/acs'),
      'signature-invalid digest',
    ),
    edited(
      'a changed digest',
      (xml) => xml.replace(/<ds:DigestValue>..../, '<ds:DigestValue>AAAA'),
      'signature-invalid signature',
    ),
    edited(
      'a signature value that is no base64',
      (xml) => xml.replace(/<ds:SignatureValue>..../, '<ds:SignatureValue>AA=A'),
      'schema-invalid',
    ),
    edited(
      'no SignedInfo',
      (xml) => xml.replace(/<ds:SignedInfo>.*<\/ds:SignedInfo>/, ''),
      'signature-structure signed-info',
    ),
    edited(
      'two SignedInfo',
      (xml) => xml.replace(/<ds:SignedInfo>.*<\/ds:SignedInfo>/, '$&$&'),
      'signature-structure signed-info',
    ),
    edited(
      'two signatures',
      (xml) => xml.replace(/<ds:Signature .*<\/ds:Signature>/, '$&$&'),
      'signature-structure several-signatures',
    ),
    edited(
      'two signatures under two prefixes',
      (xml) => {
        const signature = /<ds:Signature .*<\/ds:Signature>/.exec(xml)?.[0] ?? '';
        return xml.replace(
          signature,
          signature + signature.replaceAll('ds:', 'dsig:').replace(':ds=', ':dsig='),
        );
      },
      'signature-structure several-signatures',
    ),
    edited(
      'a comment in the digest',
      (xml) => xml.replace('<ds:DigestValue>', '<ds:DigestValue><!-- x -->'),
      'forbidden-construct comment',
    ),
    edited(
      'a key to fetch',
      (xml) =>
        xml.replace('<ds:KeyInfo>', '<ds:KeyInfo><ds:RetrievalMethod URI="http://127.0.0.1:9/"/>'),
      'signature-structure retrieval-method',
    ),
    posted(
      'signed by a stranger who brings the certificate',
      peerSigned(authnRequest(), other).replace(
        /<ds:X509Certificate>[^<]*/,
        `<ds:X509Certificate>${rsa.certificate.replaceAll(/-----[A-Z ]+-----|\s/g, '')}`,
      ),
      'signature-invalid signature',
    ),
    oddly(
      'two references',
      { more: reference('#_genuine') },
      'signature-structure not-one-Reference',
    ),
    oddly('the whole document as reference', { reference: '' }, 'signature-structure reference'),
    oddly(
      'another element as reference',
      { reference: '#_other' },
      'signature-structure reference',
      authnRequest({
        content: '<samlp:Extensions><x:a xmlns:x="urn:x" xml:id="_other"/></samlp:Extensions>',
      }),
    ),
    oddly(
      'inclusive canonicalisation of SignedInfo',
      { canonicalization: `<ds:CanonicalizationMethod Algorithm="${inclusiveC14n}"/>` },
      'signature-structure canonicalization',
    ),
    oddly(
      'canonicalisation with comments',
      { canonicalization: `<ds:CanonicalizationMethod Algorithm="${exclusive}WithComments"/>` },
      'signature-structure canonicalization',
    ),
    oddly(
      'inclusive canonicalisation',
      { transforms: enveloped + transform(inclusiveC14n) },
      'signature-structure second-transform',
    ),
    oddly(
      'no canonicalisation',
      { transforms: enveloped },
      'signature-structure missing-transform',
    ),
    oddly(
      'an XPath transform for the signature',
      { transforms: xpath + transform(exclusive) },
      'signature-structure algorithm-parameters',
    ),
    oddly(
      'one transform more',
      { transforms: usualTransforms + transform(exclusive) },
      'signature-structure more-transforms',
    ),
    oddly(
      'canonicalised twice',
      { transforms: transform(exclusive) + transform(exclusive) },
      'signature-structure first-transform',
    ),
    edited(
      'strange parameters of the canonicalisation',
      (xml) =>
        xml.replace(
          /<ds:CanonicalizationMethod ([^>]*)\/>/,
          `<ds:CanonicalizationMethod $1>${inclusive('a')}${inclusive('b')}</ds:CanonicalizationMethod>`,
        ),
      'signature-structure canonicalization-parameters',
    ),
    edited(
      'something else as parameter of the canonicalisation',
      (xml) =>
        xml.replace(
          /<ds:CanonicalizationMethod ([^>]*)\/>/,
          '<ds:CanonicalizationMethod $1><ds:KeyName>a</ds:KeyName></ds:CanonicalizationMethod>',
        ),
      'signature-structure canonicalization-parameters',
    ),
    oddly(
      'many inclusive prefixes',
      { transforms: enveloped + transform(exclusive, inclusive(many)) },
      'signature-structure canonicalization-prefixes',
    ),
    edited(
      'a large SignedInfo',
      (xml) => xml.replace('<ds:Transforms>', `<ds:Transforms>${enveloped.repeat(12)}`),
      'signature-structure signed-info-size',
    ),
    edited(
      'a stranger in SignedInfo',
      (xml) =>
        xml.replace(
          /(<ds:Transform Algorithm="[^"]*#)"\/>/,
          '$1"><x:a xmlns:x="urn:x"/></ds:Transform>',
        ),
      'signature-structure signed-info-content',
    ),
    { ...posted('canonical form much larger than the message', grown(rsa), 'too-large canonical') },
    ...made(
      authnRequest(),
      authnRequest({
        id: '_evil',
        attributes: 'AssertionConsumerServiceURL="https://evil.example/acs"',
      }),
    ),
    ...made(logoutRequest(), logoutRequest({ id: '_evil', nameId: 'victim' })),
    ...queries(),
  ];

  function made(genuine: string, evil: string): HostileMessage[] {
    const kind = genuine.includes('AuthnRequest') ? 'AuthnRequest' : 'LogoutRequest';
    const kindOf = (detail: string) =>
      detail === 'digest'
        ? 'signature-invalid'
        : detail === 'reference'
          ? 'signature-structure'
          : 'forbidden-construct';
    return forgeries(peerSigned(genuine, rsa), evil).map(({ name, xml, detail }) =>
      posted(`${kind}: ${name}`, xml, `${kindOf(detail)} ${detail}`),
    );
  }

  function queries(): HostileMessage[] {
    const query = peerQuery('SAMLRequest', deflated(authnRequest()), rsa, { relayState: 'a' });
    const of = (name: string, rawQuery: string, refusal: string): HostileMessage => ({
      name,
      inbound: redirect(rawQuery),
      refusal,
    });
    const pairs = query.split('&');
    const hmacInput = pairs
      .slice(0, 2)
      .join('&')
      .concat(`&SigAlg=${encodeURIComponent(`${more}hmac-sha256`)}`);
    const hmac = createHmac('sha256', rsa.certificate).update(hmacInput).digest('base64');
    const reordered = [pairs[1], pairs[0], pairs[2]].join('&');
    const overReordered = peerQueryOver(reordered);
    return [
      of(
        'Redirect: signed by a stranger',
        peerQuery('SAMLRequest', deflated(authnRequest()), other),
        'signature-invalid signature',
      ),
      of(
        'Redirect: SHA-1',
        peerQuery('SAMLRequest', deflated(authnRequest()), rsa, {
          algorithm: `${dsig}rsa-sha1`,
          hash: 'sha1',
        }),
        'signature-algorithm signature-sha1',
      ),
      of(
        'Redirect: HMAC',
        `${hmacInput}&Signature=${encodeURIComponent(hmac)}`,
        'signature-algorithm signature-method',
      ),
      of(
        'Redirect: changed RelayState',
        query.replace('RelayState=a', 'RelayState=b'),
        'signature-invalid signature',
      ),
      of(
        'Redirect: RelayState put on',
        `${peerQuery('SAMLRequest', deflated(authnRequest()), rsa)}&RelayState=evil`,
        'signature-invalid signature',
      ),
      of(
        'Redirect: an RSA signature that says it is ECDSA',
        peerQuery('SAMLRequest', deflated(authnRequest()), rsa, {
          algorithm: `${more}ecdsa-sha256`,
        }),
        'signature-invalid signature',
      ),
      of(
        'Redirect: the signature of a message as SAMLResponse',
        query.replace('SAMLRequest=', 'SAMLResponse='),
        'unexpected-message wrong-parameter',
      ),
      of(
        'Redirect: an empty signature',
        query.replace(/&Signature=.*/, '&Signature='),
        'malformed base64',
      ),
      of('Redirect: a second signature', `${query}&Signature=AAAA`, 'malformed repeated-parameter'),
      of('Redirect: a second algorithm', `${query}&SigAlg=x`, 'malformed repeated-parameter'),
      of(
        'Redirect: another spelling of the signature',
        `${query}&%53ignature=AAAA`,
        'malformed encoded-parameter-name',
      ),
      of(
        'Redirect: RelayState taken off',
        query.replace('&RelayState=a', ''),
        'signature-invalid signature',
      ),
      of(
        'Redirect: RelayState spelled otherwise',
        query.replace('RelayState=a', 'RelayState=%61'),
        'signature-invalid signature',
      ),
      of(
        'Redirect: changed message',
        query.replace(
          /SAMLRequest=[^&]*/,
          `SAMLRequest=${encodeURIComponent(deflated(authnRequest({ id: '_evil' })))}`,
        ),
        'signature-invalid signature',
      ),
      of('Redirect: signature over another order', overReordered, 'signature-invalid signature'),
      of(
        'Redirect: no signature value',
        query.replace(/&Signature=.*/, ''),
        'signature-structure half-a-signature',
      ),
      of(
        'Redirect: no algorithm',
        query.replace(/&SigAlg=[^&]*/, ''),
        'signature-structure half-a-signature',
      ),
      of(
        'Redirect: a signature inside',
        peerQuery('SAMLRequest', deflated(good), rsa),
        'signature-structure signature-in-redirect',
      ),
      of(
        'Redirect: only a signature inside',
        peerQuery('SAMLRequest', deflated(good), null),
        'signature-structure signature-in-redirect',
      ),
      of(
        'Redirect: a stranger signs a logout',
        peerQuery('SAMLRequest', deflated(logoutRequest()), other),
        'signature-invalid signature',
      ),
    ];
  }

  function peerQueryOver(signed: string): string {
    const [, value] = peerQuery('SAMLRequest', 'x', rsa).split('&Signature=');
    return `${signed}&Signature=${value}`;
  }

  function grown(key: HostileKeys['rsa']): string {
    const uri = `urn:${'x'.repeat(60_000)}`;
    const content = `<samlp:Extensions>${'<x:a/>'.repeat(100)}</samlp:Extensions>`;
    return peerSigned(authnRequest({ attributes: `xmlns:x="${uri}"`, content }), key);
  }
}
