import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { externalMfaScript } from '../../../../src/cli/m365/script-external-mfa.js';
import { quoted } from '../../../../src/cli/m365/script-parts.js';
import { printable } from '../../../../src/cli/printable.js';
import { vectorTest } from '../../../support/vectors/vectors-folder.js';
import { testInstallation, type TestInstallation } from './installation.js';

let installation: TestInstallation;
beforeAll(() => {
  installation = testInstallation();
});
afterAll(() => installation.remove());

const script = async (...args: string[]) => {
  const { code, out, err } = await installation.call(['m365', 'script', ...args]);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  return out;
};
const domain = ['--domain', 'example.org'];

/** The lines that do something, without comments. */
const steps = (text: string) =>
  text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
/** JSON of the REST call in the comments that follow a line. */
function restBody(text: string, call: string): unknown {
  const behind = text.slice(text.indexOf(call)).split('\n').slice(1);
  const end = behind.findIndex((line) => !line.startsWith('#   '));
  return JSON.parse(
    behind
      .slice(0, end)
      .map((line) => line.slice(4))
      .join('\n'),
  );
}

describe('every script', () => {
  test.each([
    ['federate', [...domain], /(New|Update)-MgDomainFederationConfiguration -DomainId/],
    ['roll-certificate', [...domain], /keys rotate|Update-MgDomainFederationConfiguration/],
    ['external-mfa', [], /New-MgApplication/],
  ])('%s begins with the break-glass check and the way back', async (what, args, change) => {
    const text = await script(what, ...args);
    const check = text.indexOf('Break-glass check');
    const back = text.indexOf('The way back');
    expect(check).toBeGreaterThan(0);
    expect(back).toBeGreaterThan(check);
    const changing = steps(text.slice(back)).find((line) => change.test(line)) ?? 'keys rotate';
    expect(text.indexOf(changing, back)).toBeGreaterThan(back);
    expect(steps(text.slice(0, back)).join('\n')).not.toMatch(/\b(New|Update|Remove)-Mg|Invoke-Mg/);
    expect(text).toContain('throw');
    expect(text).toContain('Get-MgDirectoryRoleMember');
  });

  test('asks for no credential, and names no retired module', async () => {
    for (const what of ['federate', 'roll-certificate', 'roll-back']) {
      const text = await script(what, ...domain);
      expect(text).not.toMatch(/Get-Credential|password\s*=|Set-Msol|AzureAD\b(?!MyOrg)/i);
    }
  });

  test('says nothing that a shell would understand otherwise', () => {
    expect(quoted("O'Hara $(x) `y")).toBe("'O''Hara $(x) `y'");
    for (const quote of ['\u2018', '\u2019', '\u201a', '\u201b']) {
      expect(quoted(quote)).toBe(`'${quote}${quote}'`);
    }
  });

  test.each(['$(throw 1)', '`$x', '"@', "'@", '\u201b; throw 1 #', 'a\nthrow 1', '#> throw 1'])(
    'a name that is %j stays a text',
    (name) => {
      const mean = {
        name,
        clientId: name,
        discoveryUrl: 'https://login.example.com/d',
        authorizationEndpoint: 'https://login.example.com/a',
        appId: null,
      };
      const literals = /'(?:[^'\u2018-\u201b]|['\u2018-\u201b]{2})*'/g;
      for (const line of externalMfaScript(mean)
        .map(printable)
        .flatMap((one) => one.split('\n'))) {
        if (line.startsWith('#')) continue;
        expect(line.replaceAll(literals, '')).not.toMatch(/throw 1|"@|'@|`\$x/);
      }
    },
  );

  test('require_signed_requests is told to the tenant, by SAML only', async () => {
    const strict = testInstallation();
    try {
      const yaml = readFileSync(join(strict.folder, 'parties.yaml'), 'utf8');
      const demanding = 'profile: microsoft-365\nrequire_signed_requests: true';
      strict.write('parties.yaml', yaml.replace('profile: microsoft-365', demanding));
      for (const [protocol, said] of [
        ['saml', '$true'],
        ['wsfed', '$false'],
      ] as const) {
        const { out } = await strict.call([
          'm365',
          'script',
          'federate',
          ...domain,
          '--protocol',
          protocol,
        ]);
        expect(out).toContain(`  IsSignedAuthenticationRequestRequired = ${said}`);
      }
    } finally {
      strict.remove();
    }
  });
});

describe('federate', () => {
  test('sets what the plan says, by PowerShell and by REST', async () => {
    const text = await script('federate', ...domain);
    expect(text).toContain("  IssuerUri = 'https://login.example.com/saml/example-org'");
    expect(text).toContain("  FederatedIdpMfaBehavior = 'enforceMfaByFederatedIdp'");
    expect(text).toContain('promptLoginBehavior nativeSupport');
    const call =
      'REST: POST https://graph.microsoft.com/v1.0/domains/example.org/federationConfiguration';
    expect(restBody(text, call)).toMatchObject({
      '@odata.type': '#microsoft.graph.internalDomainFederation',
      displayName: 'Contoso',
      passiveSignInUri: 'https://login.example.com/wsfed/example-org',
      preferredAuthenticationProtocol: 'wsFed',
      promptLoginBehavior: 'nativeSupport',
    });
  });

  test('by SAML Entra is not told to send people here for a second factor', async () => {
    const text = await script('federate', ...domain, '--protocol', 'saml');
    expect(text).toContain("  FederatedIdpMfaBehavior = 'acceptIfMfaDoneByFederatedIdp'");
    expect(text).toContain("  PassiveSignInUri = 'https://login.example.com/saml/example-org/sso'");
    expect(text).toContain("  SignOutUri = 'https://login.example.com/saml/example-org/slo'");
    const asked = await script('federate', ...domain, '--protocol', 'saml', '--mfa', 'enforce');
    expect(asked).toContain("  FederatedIdpMfaBehavior = 'enforceMfaByFederatedIdp'");
  });

  const graph = 'microsoft-365/graph/post-federationConfiguration-request.json';
  vectorTest('sends the settings of the documented request', [graph], async (json = '') => {
    const text = await script('federate', ...domain);
    const body = restBody(text, 'REST: POST https://graph') as object;
    const documented = Object.keys(JSON.parse(json) as object).filter(
      (name) => name !== 'nextSigningCertificate',
    );
    expect(Object.keys(body).sort()).toEqual(documented.sort());
  });
});

test('roll-certificate asks for a next certificate, and then carries it', async () => {
  expect(await script('roll-certificate', ...domain)).toContain(
    'npx drawbridge keys rotate --issuer example-org --purpose saml --lead 14d',
  );
  const rotate = [
    'keys',
    'rotate',
    '--issuer',
    'example-org',
    '--purpose',
    'saml',
    '--lead',
    '14d',
  ];
  expect(await installation.call(rotate)).toMatchObject({ code: 0 });
  const text = await script('roll-certificate', ...domain);
  const next = /-NextSigningCertificate '([^']+)'/.exec(text)?.[1] ?? '';
  const first = / -SigningCertificate '([^']+)'/.exec(text)?.[1];
  expect(next).toMatch(/^MII/);
  expect(first).toBe(next);
  expect(text.indexOf('-NextSigningCertificate')).toBeLessThan(
    text.indexOf(' -SigningCertificate'),
  );
  expect(await script('federate', ...domain)).toContain(`  NextSigningCertificate = '${next}'`);
});

test('roll-back knows both ways, of a managed and of a federated domain', async () => {
  const text = await script('roll-back', ...domain);
  expect(text.indexOf('Break-glass check')).toBeLessThan(text.indexOf('The way back'));
  expect(text).toContain('Write-Warning');
  expect(text).not.toContain('throw');
  expect(text).toContain('Remove-MgDomainFederationConfiguration');
  expect(text).toContain("Update-MgDomain -DomainId $domain -AuthenticationType 'Managed'");
  expect(text).toContain("Get-Content -Raw 'before-example.org.json'");
});

describe('external-mfa', () => {
  test('registers our address, consents, and makes the method for a group', async () => {
    const text = await script('external-mfa');
    const endpoint = 'https://login.example.com/external-mfa/contoso-mfa/authorize';
    expect(text).toContain(`RedirectUris = @('${endpoint}')`);
    expect(text).toContain("DisplayName 'Contoso''s second factor'");
    expect(text).toContain("-ConsentType 'AllPrincipals'");
    expect(
      await installation.call(['m365', 'script', 'external-mfa', '--party', 'x']),
    ).toMatchObject({
      code: 2,
      err: expect.stringContaining('--party names one of contoso-mfa'),
    });
  });

  const graph = 'microsoft-365/graph/post-externalAuthenticationMethodConfiguration.json';
  vectorTest('sends what the documented request has', [graph], async (json = '') => {
    const text = await script('external-mfa');
    const body = restBody(text, 'REST: POST https://graph') as Record<string, unknown>;
    const documented = JSON.parse(json) as Record<string, unknown>;
    expect(Object.keys(body)).toEqual(Object.keys(documented));
    expect(body['openIdConnectSetting']).toEqual({
      clientId: 'contoso-client',
      discoveryUrl:
        'https://login.example.com/external-mfa/contoso-mfa/.well-known/openid-configuration',
    });
  });
});

test('what is not one of them is refused', async () => {
  expect(await installation.call(['m365', 'script'])).toMatchObject({ code: 2 });
  expect(await installation.call(['m365', 'script', 'destroy'])).toMatchObject({ code: 2 });
});
