import { generateKeyPair, SignJWT, type JWTPayload } from 'jose';
import { describe, expect, test } from '@jest/globals';
import { explainAnswer, type AnswerFacts } from '../../../../src/cli/m365/doctor-answer.js';
import { readPasted } from '../../../../src/cli/m365/pasted-answer.js';

const now = Date.now();
const upn = 'ada@example.com';
const tenant = '14c2f153-90a7-4689-9db7-9543bf084dad';
const appId = '600b719b-3766-4dc5-95a6-3c4a8dc31885';
const party = { issuer: 'https://login.example.com/external-mfa/m', clientId: 'client' };
const facts: AnswerFacts = {
  ...{ now, domains: [], users: null, externalMfaKeys: { keys: [] } },
  externalMfa: [{ ...party, id: 'm', appId, tenants: [tenant] }],
  asked: { multiFactor: false, freshSince: null },
};
const { privateKey } = await generateKeyPair('RS256');

/** As Entra makes one: expired when it is issued. */
const hint = (changes: JWTPayload) =>
  new SignJWT({
    ...{ iss: `https://login.microsoftonline.com/${tenant}/v2.0`, tid: tenant, ver: '2.0' },
    ...{ aud: appId, sub: 's', oid: 'o', preferred_username: upn },
    ...{ iat: Math.floor(now / 1000), exp: Math.floor(now / 1000) - 1 },
    ...changes,
  })
    .setProtectedHeader({ alg: 'RS256', kid: 'microsoft' })
    .sign(privateKey);

describe('a hint of Microsoft', () => {
  const explained = async (paste: string) => {
    const { ok, lines } = await explainAnswer(readPasted(paste), facts);
    return { ok, text: lines.join('\n') };
  };

  test('is told from our answer, and its claims are explained', async () => {
    const token = await hint({});
    for (const paste of [
      token,
      `scope=openid&client_id=c&id_token_hint=${token}&state=s`,
      `id_token_hint: ${token}\nstate: s`,
    ]) {
      const { ok, text } = await explained(paste);
      expect({ ok, text }).toEqual({ ok: true, text: expect.stringContaining("Microsoft's hint") });
      for (const shown of [upn, 'that of m', 'expired when it is issued', 'meant for this'])
        expect(text).toContain(shown);
      expect(text).not.toContain('AADSTS');
    }
  });

  test.each(['login.microsoftonline.us', 'login.partner.microsoftonline.cn'])(
    'of %s too',
    async (host) => {
      const token = await hint({ iss: `https://${host}/${tenant}/v2.0` });
      expect((await explained(token)).text).toContain("Microsoft's hint");
    },
  );

  test('what it does not fit is named', async () => {
    const other = '9122040d-6c67-4c5b-b112-36a304b66dad';
    for (const [changes, said] of [
      [{ aud: other }, 'aud is no app_id of a relying party here'],
      [{ tid: other }, 'tid is not the tenant that iss names'],
      [
        { tid: other, iss: `https://login.microsoftonline.com/${other}/v2.0` },
        'tid is not among the tenants of m',
      ],
    ] as const) {
      const { ok, text } = await explained(await hint(changes));
      expect({ ok, text }).toEqual({ ok: false, text: expect.stringContaining(said) });
    }
    const false_ = `https://login.microsoftonline.com.example/${tenant}/v2.0`;
    expect((await explained(await hint({ iss: false_ }))).text).not.toContain("Microsoft's hint");
  });
});
