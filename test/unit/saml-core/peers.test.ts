import { SAML } from '@node-saml/node-saml';
import { describe, expect, test } from '@jest/globals';
import * as samlify from 'samlify';
import { buildLogoutRequest, buildLogoutResponse } from '../../../src/saml-core/build-logout.js';
import { buildResponse } from '../../../src/saml-core/build-response.js';
import { receiveMessage } from '../../../src/saml-core/receive-message.js';
import type { InboundMessage } from '../../../src/saml-core/received.js';
import { postFields, redirectUrl } from '../../../src/saml-core/redirect-url.js';
import { assertionContent, random, responseOptions } from './support/assertion-content.js';
import { partnerId } from './support/genuine.js';
import { testKey } from './support/key-pairs.js';

const idpKey = testKey();
const spKey = testKey();
const issuer = 'https://idp.example/saml';
const acs = 'https://sp.example/acs';

const deps = {
  partnerOf: (id: string) =>
    id === partnerId
      ? {
          entityId: partnerId,
          signingCertificates: [spKey.certificate],
          mustSign: true,
          allowSha1: false,
        }
      : null,
  expected: ['AuthnRequest', 'LogoutRequest', 'LogoutResponse'] as const,
};

const post = (fields: Record<string, string>): InboundMessage => ({ binding: 'post', fields });
const redirect = (url: string): InboundMessage => ({
  binding: 'redirect',
  rawQuery: url.slice(url.indexOf('?') + 1),
});
const fieldIn = (form: string, name: string): string =>
  new RegExp(`name="${name}" value="([^"]*)"`).exec(form)?.[1] ?? '';

describe('@node-saml/node-saml', () => {
  const provider = (changes: object = {}) =>
    new SAML({
      issuer: partnerId,
      callbackUrl: acs,
      entryPoint: 'https://idp.example/saml/sso',
      logoutUrl: 'https://idp.example/saml/slo',
      audience: partnerId,
      idpIssuer: issuer,
      idpCert: idpKey.certificate,
      privateKey: spKey.pem,
      publicCert: spKey.certificate,
      decryptionPvk: spKey.pem,
      signatureAlgorithm: 'sha256',
      digestAlgorithm: 'sha256',
      wantAuthnResponseSigned: false,
      ...changes,
    });
  const profile = { issuer, nameID: 'alice', nameIDFormat: 'urn:f', sessionIndex: '_s' };

  test('its AuthnRequests are received', async () => {
    const url = await provider().getAuthorizeUrlAsync('relay', undefined, {});
    expect(await receiveMessage(redirect(url), deps)).toMatchObject({
      ok: true,
      relayState: 'relay',
      message: { acsUrl: acs, requestedAuthnContext: { comparison: 'exact' } },
    });
    const form = await provider({
      authnRequestBinding: 'HTTP-POST',
      forceAuthn: true,
    }).getAuthorizeFormAsync('relay');
    const fields = { SAMLRequest: fieldIn(form, 'SAMLRequest') };
    expect(await receiveMessage(post(fields), deps)).toMatchObject({
      ok: true,
      message: { forceAuthn: true, destination: 'https://idp.example/saml/sso' },
    });
  });

  test('its logout messages are received', async () => {
    const asked = await provider().getLogoutUrlAsync(profile, 'relay', {});
    expect(await receiveMessage(redirect(asked), deps)).toMatchObject({
      ok: true,
      message: { type: 'LogoutRequest', nameId: { value: 'alice' }, sessionIndexes: ['_s'] },
    });
    const answered = await provider().getLogoutResponseUrlAsync(
      { ...profile, ID: '_ours' },
      'relay',
      {},
      true,
    );
    expect(await receiveMessage(redirect(answered), deps)).toMatchObject({
      ok: true,
      message: { inResponseTo: '_ours', status: expect.stringMatching(/:Success$/) },
    });
  });

  test.each([
    ['assertion signed', { signAssertion: true, signResponse: false, encryptFor: null }, {}],
    [
      'both signed',
      { signAssertion: true, signResponse: true, encryptFor: null },
      { wantAuthnResponseSigned: true },
    ],
    [
      'response signed',
      { signAssertion: false, signResponse: true, encryptFor: null },
      { wantAuthnResponseSigned: true, wantAssertionsSigned: false },
    ],
    [
      'encrypted',
      { signAssertion: true, signResponse: true, encryptFor: spKey.certificate },
      { wantAuthnResponseSigned: true },
    ],
  ])('it takes our response: %s', async (_, signed, settings) => {
    const now = Date.now();
    const content = assertionContent({
      issueInstant: now,
      attributes: [
        { name: 'groups', nameFormat: null, friendlyName: null, values: ['a,b', 'c'] },
        { name: 'name', nameFormat: null, friendlyName: null, values: ['Zoë\u{2028}<b>&\r\n"'] },
      ],
    });
    const { xml } = await buildResponse(
      content,
      responseOptions({ ...signed, issueInstant: now }),
      idpKey,
      random,
    );
    const { profile: read } = await provider(settings).validatePostResponseAsync(
      postFields('SAMLResponse', xml, null),
    );
    expect(read).toMatchObject({
      nameID: 'alice',
      issuer,
      sessionIndex: '_session',
      // It reads what it verified a second time, and takes U+2028 for the end of a line then.
      attributes: {
        groups: ['a,b', 'c'],
        name: expect.stringMatching(/^Zoë[\u{2028}\n]<b>&\r\n"$/u),
      },
    });
  });

  test('it takes our logout messages', async () => {
    const now = Date.now();
    const request = {
      issuer,
      destination: 'https://sp.example/slo',
      issueInstant: now,
      notOnOrAfter: now + 60_000,
      nameId: { value: 'alice', format: 'urn:f', nameQualifier: null, spNameQualifier: null },
      sessionIndexes: ['_s'],
    };
    const posted = await buildLogoutRequest(request, idpKey, random);
    expect(
      await provider().validatePostRequestAsync(postFields('SAMLRequest', posted.xml, null)),
    ).toMatchObject({ profile: { nameID: 'alice', sessionIndex: '_s' } });
    const answer = await buildLogoutResponse(
      {
        issuer,
        destination: request.destination,
        issueInstant: now,
        inResponseTo: '_x',
        status: 'Success',
        subStatus: null,
      },
      null,
      random,
    );
    const url = await redirectUrl(request.destination, 'SAMLResponse', answer.xml, 'r', idpKey);
    const query = Object.fromEntries(new URL(url).searchParams);
    expect(
      await provider({ validateInResponseTo: 'never' }).validateRedirectAsync(
        query,
        url.slice(url.indexOf('?') + 1),
      ),
    ).toMatchObject({ loggedOut: true });
  });
});

describe('samlify', () => {
  samlify.setSchemaValidator({ validate: () => Promise.resolve('valid') });
  const idp = samlify.IdentityProvider({
    entityID: issuer,
    signingCert: idpKey.certificate,
    wantAuthnRequestsSigned: true,
    wantLogoutRequestSigned: true,
    wantLogoutResponseSigned: true,
    singleSignOnService: [
      {
        Binding: samlify.Constants.namespace.binding.redirect,
        Location: 'https://idp.example/sso',
      },
      { Binding: samlify.Constants.namespace.binding.post, Location: 'https://idp.example/sso' },
    ],
    singleLogoutService: [
      {
        Binding: samlify.Constants.namespace.binding.redirect,
        Location: 'https://idp.example/slo',
      },
      { Binding: samlify.Constants.namespace.binding.post, Location: 'https://idp.example/slo' },
    ],
  });
  const sp = samlify.ServiceProvider({
    entityID: partnerId,
    privateKey: spKey.pem,
    signingCert: spKey.certificate,
    authnRequestsSigned: true,
    requestSignatureAlgorithm: 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
    assertionConsumerService: [
      { Binding: samlify.Constants.namespace.binding.post, Location: acs },
    ],
    singleLogoutService: [
      { Binding: samlify.Constants.namespace.binding.post, Location: 'https://sp.example/slo' },
    ],
  });

  test('its AuthnRequests are received', async () => {
    const { context } = sp.createLoginRequest(idp, 'redirect') as { context: string };
    const byRedirect = await receiveMessage(redirect(context), deps);
    expect(byRedirect).toMatchObject({ ok: true, message: { acsUrl: acs } });
    const posted = sp.createLoginRequest(idp, 'post') as { context: string };
    expect(await receiveMessage(post({ SAMLRequest: posted.context }), deps)).toMatchObject({
      ok: true,
      message: { acsUrl: acs },
    });
  });

  test('its logout requests are received', async () => {
    const user = { logoutNameID: 'alice', sessionIndex: '_s' };
    for (const binding of ['redirect', 'post'] as const) {
      const { context } = sp.createLogoutRequest(idp, binding, user) as { context: string };
      const inbound = binding === 'post' ? post({ SAMLRequest: context }) : redirect(context);
      expect(await receiveMessage(inbound, deps)).toMatchObject({
        ok: true,
        message: { type: 'LogoutRequest', nameId: { value: 'alice' } },
      });
    }
  });

  test('it takes our response', async () => {
    const now = Date.now();
    const { xml } = await buildResponse(
      assertionContent({ issueInstant: now }),
      responseOptions({ issueInstant: now, signResponse: true }),
      idpKey,
      random,
    );
    const { extract } = await sp.parseLoginResponse(idp, 'post', {
      body: postFields('SAMLResponse', xml, null),
    });
    expect(extract).toMatchObject({ nameID: 'alice', attributes: { groups: ['a,b', 'c'] } });
  });
});
