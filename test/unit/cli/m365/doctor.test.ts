import { createPublicKey } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { importPKCS8, SignJWT, type JWTPayload } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { registrationFaults } from '../../../../src/cli/m365/app-registration.js';
import { codeExplanations } from '../../../../src/cli/m365/code-explanations.js';
import { explainAnswer, type AnswerFacts } from '../../../../src/cli/m365/doctor-answer.js';
import { readPasted } from '../../../../src/cli/m365/pasted-answer.js';
import { aadstsCodes, type AadstsCode } from '../../../../src/entra-twin/aadsts-code.js';
import { createTenantUsers } from '../../../../src/entra-twin/tenant.js';
import { modelResponse, modelToken } from '../../../support/entra-twin/model-answers.js';
import { changeSigned } from '../../../support/entra-twin/sign-xml.js';
import { bare, makeKey } from '../../../support/entra-twin/test-key.js';
import { vectorTest } from '../../../support/vectors/vectors-folder.js';
import { testInstallation, type TestInstallation } from './installation.js';

const [key, otherKey] = [makeKey('issuer'), makeKey('other')] as const;
const now = Date.now();
const issuer = 'https://login.example.com';
const ada = { upn: 'ada@example.com', immutableId: 'Qj6Qa1mXoUuVxI1tqUZ1Yg==' };
const bob = { upn: 'bob@example.com', immutableId: '8uT7Hk2zTEaQyYwS0Jv1aA==' };
const tenant = '14c2f153-90a7-4689-9db7-9543bf084dad';
const answer = { issuer, key, ...ada, multiFactor: true, now };

const facts: AnswerFacts = {
  now,
  domains: [
    {
      ...{ name: 'example.com', issuerUri: issuer, passiveSignInUri: `${issuer}/saml/sso` },
      ...{ protocol: 'saml', signingCertificates: [bare(key.certificate)] },
    },
  ],
  users: createTenantUsers([ada, bob]),
  externalMfa: [
    {
      ...{ id: 'm', issuer: `${issuer}/external-mfa/m`, clientId: 'client' },
      ...{ appId: '600b719b-3766-4dc5-95a6-3c4a8dc31885', tenants: [tenant] },
    },
  ],
  externalMfaKeys: {
    keys: [
      {
        ...(createPublicKey(key.certificate).export({ format: 'jwk' }) as { kty: string }),
        ...{ kid: 'k', x5c: [bare(key.certificate)] },
      },
    ],
  },
  asked: { multiFactor: false, freshSince: null },
};

const response = () => modelResponse(answer, '_request');
const token11 = () => modelToken(answer);
const idToken = async (changes: JWTPayload, header = { alg: 'RS256', kid: 'k' }) =>
  new SignJWT({
    ...{ iss: `${issuer}/external-mfa/m`, aud: 'client', sub: 's', nonce: 'n' },
    ...{ iat: Math.floor(now / 1000), exp: Math.floor(now / 1000) + 600 },
    ...{ acr: 'possessionorinherence', amr: ['otp'] },
    ...changes,
  })
    .setProtectedHeader(header)
    .sign(await importPKCS8(key.privateKey, header.alg));
const changed = async (change: (xml: string) => string, with_ = key) =>
  changeSigned(await response(), change, with_);
const audience = /urn:federation:MicrosoftOnline(?=<\/saml:Audience>)/;

/** Something that fails, as somebody would paste it, for every code that can come of an answer. */
const samples: Partial<Record<AadstsCode, () => Promise<string> | string>> = {
  AADSTS20012: () => changed((xml) => xml.replace('<saml:Subject>', '<saml:EncryptedID/>$&')),
  AADSTS50008: async () => (await response()).replace(ada.immutableId, bob.immutableId),
  AADSTS50012: () => idToken({}, { alg: 'RS256', kid: 'unknown' }),
  AADSTS50020: () => changed((xml) => xml.replace(ada.upn, 'ada@other.example')),
  AADSTS50027: () => idToken({ aud: 'somebody' }),
  AADSTS50034: () => changed((xml) => xml.replace(ada.upn, bob.upn)),
  AADSTS50107: () => changed((xml) => xml.replaceAll(`>${issuer}<`, `>${issuer}/realms/a<`)),
  AADSTS51004: () => changed((xml) => xml.replace(ada.immutableId, 'AAAAAAAAAAAAAAAAAAAAAA==')),
  AADSTS70002: () => idToken({}, { alg: 'PS256', kid: 'k' }),
  AADSTS75011: () => changed((xml) => xml.replace('claims/multipleauthn', 'claims/password')),
  AADSTS90019: () =>
    changed((xml) =>
      xml.replaceAll(/ InResponseTo="[^"]*"/g, '').replace(audience, 'https://other'),
    ),
  AADSTS90020: async () =>
    changeSigned(await token11(), (xml) => xml.replace('"ImmutableID"', '"ImmutableId"'), key),
  AADSTS500132: () =>
    changed((xml) =>
      xml.replace(
        '</saml:AuthnContextClassRef>',
        '$&<saml:AuthenticatingAuthority>https://upstream</saml:AuthenticatingAuthority>',
      ),
    ),
  AADSTS5000811: () => changed((xml) => `${xml} `, otherKey),
  AADSTS5000819: () =>
    changed((xml) =>
      xml.replace(
        audience,
        'https://login.microsoftonline.com/14c2f153-90a7-4689-9db7-9543bf084dad/',
      ),
    ),
  AADSTS5001257: () => idToken({ amr: ['push'] }),
  AADSTS5001258: () => idToken({ acr: 'possession' }),
  AADSTS50012620: () => 'error=access_denied&state=s',
};

/** These are found in what was registered, not in an answer. */
const registrations = {
  AADSTS50161: registrationFaults(
    { authorizationEndpoint: 'https://login.example.com/a', appId: 'x' },
    { appId: 'x', replyUrls: ['https://login.example.com/b'] },
    null,
  ),
  AADSTS900491: registrationFaults({ authorizationEndpoint: '', appId: 'x' }, null, false),
};

describe('every code, with a failing sample', () => {
  test('there is one for each', () => {
    const all = [...Object.keys(samples), ...Object.keys(registrations)];
    expect(all.sort()).toEqual([...aadstsCodes].sort());
    expect(Object.keys(codeExplanations).sort()).toEqual([...aadstsCodes].sort());
  });

  test.each(Object.entries(samples))('%s', async (code, sample) => {
    const asked = { multiFactor: code === 'AADSTS75011', freshSince: null };
    const explained = await explainAnswer(readPasted(await sample()), { ...facts, asked });
    expect(explained.ok).toBe(false);
    const text = explained.lines.join('\n');
    const { says, cause, fix } = codeExplanations[code as AadstsCode];
    expect(text).toContain(`${code}: ${says}`);
    for (const line of [cause, ...fix]) expect(text).toContain(line);
  });

  test.each(Object.entries(registrations))('%s', (code, faults) => {
    expect(faults).toMatchObject([{ code }]);
  });
});

const lines76 = (text: string) => text.replaceAll(/.{76}/g, '$&\r\n');
const escapedHtml = (text: string) =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');

describe('what is right is not complained about', () => {
  const pastes: [string, () => Promise<string> | string][] = [
    ['a SAML response as XML', response],
    ['a SAMLResponse in base64', async () => Buffer.from(await response()).toString('base64')],
    [
      'a SAMLResponse as a browser encodes it',
      async () => encodeURIComponent(Buffer.from(await response()).toString('base64')),
    ],
    [
      'a whole form',
      async () =>
        new URLSearchParams({
          SAMLResponse: Buffer.from(await response()).toString('base64'),
          RelayState: 'x',
        }).toString(),
    ],
    ['a wresult', token11],
    [
      'a WS-Federation form',
      async () =>
        new URLSearchParams({ wa: 'wsignin1.0', wresult: await token11(), wctx: 'c' }).toString(),
    ],
    [
      'a SAMLResponse in base64 with line ends',
      async () => lines76(Buffer.from(await response()).toString('base64')),
    ],
    [
      'a SAMLResponse in quotes, with its characters as in HTML',
      async () =>
        `"${Buffer.from(await response())
          .toString('base64')
          .replaceAll('+', '&#43;')
          .replaceAll('=', '&#x3D;')}"`,
    ],
    ['a wresult as in HTML', async () => escapedHtml(await token11())],
    ['a wresult as in a URL', async () => encodeURIComponent(await token11())],
    [
      'a wresult as a form encodes it',
      async () => new URLSearchParams({ x: await token11() }).toString().slice(2),
    ],
    [
      'the page that posts it',
      async () =>
        `<!DOCTYPE html><html><body><form method="post" action="https://login.microsoftonline.com/login.srf">` +
        `<input type="hidden" name="wa" value="wsignin1.0"><input type='hidden' value='${escapedHtml(await token11())}' name=wresult>` +
        '<input name="wctx" value="c&amp;d" type="hidden"></form></body></html>',
    ],
    [
      'the fields as the tools of a browser show them',
      async () =>
        `wa: wsignin1.0\nwresult: ${await token11()}\nwctx: estsredirect=2&estsrequest=abc`,
    ],
    [
      'a SAML form of the tools of a browser',
      async () =>
        `SAMLResponse: ${lines76(Buffer.from(await response()).toString('base64'))}\nRelayState: x=1&y=2`,
    ],
    ['an id_token', () => idToken({})],
    ['an id_token over several lines', async () => lines76(await idToken({}))],
    ['an External MFA form', async () => `id_token=${await idToken({})}&state=s`],
  ];
  test.each(pastes)('%s', async (_, paste) => {
    const explained = await explainAnswer(readPasted(await paste()), facts);
    expect(explained.lines.filter((line) => line.includes('FAILED'))).toEqual([]);
    expect(explained.ok).toBe(true);
  });

  test('what is in it is shown', async () => {
    const { lines } = await explainAnswer(readPasted(await response()), facts);
    const text = lines.join('\n');
    for (const shown of [ada.upn, ada.immutableId, issuer, 'multipleauthn', '_request']) {
      expect(text).toContain(shown);
    }
  });
});

describe('what cannot be explained says why', () => {
  test.each([
    ['', 'no SAMLResponse'],
    ['hello', 'no SAMLResponse'],
    ['<a/>', 'It is an a'],
    ['<samlp:AuthnRequest/>', 'It is an AuthnRequest.'],
    ['<md:EntityDescriptor/>', 'the whole SAMLResponse'],
    ['<b/>', 'It is a b.'],
    ['<saml:Assertion xmlns:saml="x"/>', 'it is {x}Assertion'],
    ['id_token_hint=a.b.c', 'no cloud of Microsoft'],
    ['<!DOCTYPE x><samlp:Response/>', 'the whole SAMLResponse'],
    ['a.b.c', 'no JWT'],
    ['<Response', 'cannot be read'],
    ['SAMLResponse=', 'cannot be read'],
  ])('%j', async (paste, said) => {
    const { lines, ok } = await explainAnswer(readPasted(paste), facts);
    expect({ ok, text: lines.join('\n') }).toEqual({
      ok: false,
      text: expect.stringContaining(said),
    });
  });
});

describe('an answer that cannot be read as it stands', () => {
  test('a comment is named with its line, and the rest is listed without it', async () => {
    const xml = (await response()).replace('<saml:Issuer>', '\n<!-- a -->\n$&<!-- b\nc -->');
    for (const paste of [xml, `<!-- in front -->${xml}`]) {
      const { ok, lines } = await explainAnswer(readPasted(paste), facts);
      const text = lines.join('\n');
      expect(ok).toBe(false);
      expect(text).toContain(`a comment, line ${paste === xml ? 2 : 1}. Without comments it says:`);
      expect(text).toMatch(new RegExp(`NameID +${ada.immutableId.replace('+', '.')} `));
      expect(text).toContain(ada.upn);
      expect(text).not.toMatch(/clock|signature is true/);
    }
  });

  test.each([
    ['<![CDATA[x]]>', 'a CDATA section, line 1'],
    ['\n<?x y?>', 'a processing instruction, line 2'],
    ['<!-- x -->\n<![CDATA[x]]>', 'a comment, line 1'],
    ['\n\n<!ENTITY x>', 'nothing that may stand there, line 3'],
  ])('%j is named too', async (part, said) => {
    const xml = (await response()).replace('<saml:Issuer>', `${part}$&`);
    const { ok, lines } = await explainAnswer(readPasted(xml), facts);
    expect({ ok, text: lines.join('\n') }).toEqual({
      ok: false,
      text: expect.stringContaining(`It is a SAML 2.0 Response AADSTS50008: ${said}`),
    });
    expect(lines.join('\n')).not.toContain('clock');
  });

  const recorded = 'microsoft-365/saml/response-adfs-2014-msdocs.xml';
  vectorTest('the recorded answer is listed', [recorded], async (xml = '') => {
    const text = (await explainAnswer(readPasted(xml), facts)).lines.join('\n');
    expect(text).toContain('a comment, line 8. Without comments it says:');
    expect(text).toContain('administrator@contoso.com');
    expect(text).not.toContain('clock');
  });
});

describe('an assertion without the answer around it', () => {
  const cut = (xml: string) => /<saml:Assertion [^]*<\/saml:Assertion>/.exec(xml)?.[0] ?? '';
  test.each([
    ['by SAML 2.0', async () => cut(await response())],
    ['by SAML 1.1', async () => cut(await token11())],
    ['in base64', async () => Buffer.from(cut(await response())).toString('base64')],
  ])('%s is judged by its own rules', async (_, paste) => {
    const { ok, lines } = await explainAnswer(readPasted(await paste()), facts);
    const text = lines.join('\n');
    expect({ ok, text }).toEqual({ ok: true, text: expect.stringContaining(ada.immutableId) });
    expect(text).toMatch(/passed +The signature is true/);
    expect(text).toMatch(/– +The answer around it: it is not there/);
    expect(text).not.toMatch(/wa is|Status|Destination/);
  });

  test('a change is seen', async () => {
    const xml = cut(await response()).replaceAll(ada.upn, bob.upn);
    const { ok, lines } = await explainAnswer(readPasted(xml), facts);
    expect(ok).toBe(false);
    expect(lines.join('\n')).toMatch(/FAILED +The signature is true AADSTS50008/);
    const elsewhere = cut(await changed((one) => one.replaceAll(/Recipient="[^"]*"/g, '')));
    expect((await explainAnswer(readPasted(elsewhere), facts)).lines.join('\n')).toMatch(
      /FAILED +Recipient is login.srf AADSTS50008: it is missing/,
    );
  });

  for (const name of ['RSTR2005', 'RSTR', 'common']) {
    const recorded = `microsoft-365/wsfed/saml11-assertion-${name}-VERIFIED.xml`;
    vectorTest(`the recorded one (${name}) is judged`, [recorded], async (xml = '') => {
      const text = (await explainAnswer(readPasted(xml), facts)).lines.join('\n');
      expect(text).toContain('An assertion, without the answer around it:');
      expect(text).toMatch(/passed +The signature covers the assertion/);
      expect(text).toMatch(/FAILED +Issuer is the issuerUri of the domain AADSTS50107: http:/);
    });
  }
});

describe('m365 doctor', () => {
  let installation: TestInstallation;
  beforeAll(() => {
    installation = testInstallation();
  });
  afterAll(() => installation.remove());
  const doctor = (args: string[], stdin?: string) =>
    installation.call(['m365', 'doctor', ...args], stdin);

  test('a code, in any of the ways it is written', async () => {
    for (const written of ['AADSTS5000811', 'aadsts5000811', '5000811']) {
      const { code, out } = await doctor([written]);
      expect({ code, out }).toEqual({ code: 0, out: expect.stringContaining('roll-certificate') });
    }
    expect((await doctor(['AADSTS50126'])).out).toContain('error?code=50126');
    const message = 'AADSTS50161: Failed to validate authorization url. Trace ID: 1';
    expect((await doctor(['-'], message)).out).toContain('script external-mfa');
  });

  test('a whole message as argument, where no file is called so', async () => {
    const messages = [
      'AADSTS50107: Requested federation realm object &apos;x&apos; does not exist.\r\nTrace ID: 1',
      `Sorry, but we’re having trouble signing you in. AADSTS50107: ${'x'.repeat(5000)}`,
      'aadsts 50107',
    ];
    for (const message of messages) {
      const { code, out } = await doctor([message]);
      expect({ code, out }).toEqual({ code: 0, out: expect.stringContaining('AADSTS50107: ') });
    }
    installation.write('about AADSTS50107.txt', 'AADSTS51004: it is what stands in the file');
    expect((await doctor(['about AADSTS50107.txt'])).out).toContain('AADSTS51004: ');
    for (const part of ['AADSTS', 'aadsts501', 'AADSTS:']) {
      const { code, err } = await doctor([part]);
      expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining('as in AADSTS50107') });
    }
  });

  test('what Entra is not known to ask is refused, and what it asks is named', async () => {
    for (const asked of ['bogus', 'mfa', '']) {
      expect(await doctor(['-', '--asked', asked], await response())).toMatchObject({
        code: 2,
        out: '',
        err: expect.stringContaining('--asked is two-factors or new-sign-in.'),
      });
    }
    for (const asked of ['two-factors', 'new-sign-in']) {
      const { out } = await doctor(['-', '--asked', asked], await response());
      expect(out).toMatch(/asked for and (is|are) asserted/);
    }
  });

  test('an answer by another issuer and key', async () => {
    const { code, out } = await doctor(
      ['-'],
      await modelResponse({ ...answer, issuer: 'x' }, '_1'),
    );
    expect(code).toBe(1);
    expect(out).toContain('AADSTS50107');
    const foreign = await doctor(['-', '--domain', 'example.com'], await response());
    expect(foreign).toMatchObject({ code: 1, out: expect.stringContaining('AADSTS5000811') });
  });

  test('an old answer, as of when it was made', async () => {
    const settings = { issuerUri: issuer, signingCertificate: bare(key.certificate) };
    installation.write('settings.json', JSON.stringify(settings));
    const paste = await modelResponse({ ...answer, now: now - 86_400_000 }, '_1');
    const args = ['-', '--settings', 'settings.json', '--domain', 'example.com'];
    expect(await doctor(args, paste)).toMatchObject({
      code: 1,
      out: expect.stringContaining('give --at TIME'),
    });
    const at = new Date(now - 86_400_000).toISOString();
    expect(await doctor([...args, '--at', at], paste)).toMatchObject({ code: 0 });
  });

  test('a file as Windows PowerShell writes it', async () => {
    const json = JSON.stringify({ issuerUri: 'https://other', passiveSignInUri: 'x' });
    writeFileSync(join(installation.folder, 'utf16.json'), `\ufeff${json}`, 'utf16le');
    const { code, out } = await doctor(['--settings', 'utf16.json', '--domain', 'example.org']);
    expect(code).toBe(1);
    expect(out).toContain('AADSTS50107');
  });

  test('a tenant that differs, with the codes that come of it', async () => {
    installation.write(
      'differs.json',
      JSON.stringify({ issuerUri: 'https://other', passiveSignInUri: 'x' }),
    );
    const { code, out } = await doctor(['--settings', 'differs.json', '--domain', 'example.org']);
    expect(code).toBe(1);
    for (const shown of ['AADSTS50107', 'AADSTS5000811', '! passiveSignInUri']) {
      expect(out).toContain(shown);
    }
  });

  test('an app registration of External MFA', async () => {
    const appId = '600b719b-3766-4dc5-95a6-3c4a8dc31885';
    const app = (url: string) => JSON.stringify({ AppId: appId, Web: { RedirectUris: [url] } });
    installation.write('wrong.json', app('https://login.example.com/external-mfa/other/authorize'));
    installation.write(
      'right.json',
      app('https://login.example.com/external-mfa/contoso-mfa/authorize'),
    );
    installation.write('grants.json', JSON.stringify({ value: [] }));
    installation.write(
      'granted.json',
      JSON.stringify([{ ConsentType: 'AllPrincipals', Scope: 'openid profile' }]),
    );
    expect(await doctor(['--app', 'wrong.json', '--grants', 'granted.json'])).toMatchObject({
      code: 1,
      out: expect.stringContaining('AADSTS50161'),
    });
    expect(await doctor(['--app', 'right.json', '--grants', 'grants.json'])).toMatchObject({
      code: 1,
      out: expect.stringContaining('AADSTS900491'),
    });
    expect(await doctor(['--app', 'right.json', '--grants', 'granted.json'])).toMatchObject({
      code: 0,
    });
  });

  test('alone it looks at this side', async () => {
    const { code, out } = await doctor([]);
    expect(code).toBe(0);
    expect(out).toContain('example.org  https://login.example.com/saml/example-org');
    const local = testInstallation('http://localhost:3000');
    try {
      expect(await local.call(['m365', 'doctor'])).toMatchObject({
        code: 1,
        out: expect.stringContaining('not https'),
      });
    } finally {
      local.remove();
    }
  });

  test('wrong calls', async () => {
    const calls = [['nowhere.xml'], ['a', 'b'], ['-', '--at', 'noon'], ['--app', 'nowhere.json']];
    for (const args of calls) expect(await doctor(args, 'x')).toMatchObject({ code: 2 });
  });
});
