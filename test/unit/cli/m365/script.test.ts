import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { externalMfaScript } from '../../../../src/cli/m365/script-external-mfa.js';
import { asciiLine, quoted } from '../../../../src/cli/m365/powershell-text.js';
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

const everyScript = [
  ['federate', ...domain],
  ['roll-certificate', ...domain],
  ['roll-back', ...domain, '--to', 'managed'],
  ['roll-back', ...domain, '--to', 'previous'],
  ['external-mfa'],
] as const;
const literals = /'(?:[^']|'')*'/g;

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
    for (const [what, ...args] of everyScript) {
      const text = await script(what, ...args);
      expect(text).not.toMatch(/Get-Credential|password\s*=|Set-Msol|AzureAD\b(?!MyOrg)/i);
    }
  });

  test('stops at the first error, is ASCII, and closes what it opens', async () => {
    for (const [what, ...args] of everyScript) {
      const text = await script(what, ...args);
      expect(steps(text)[0]).toBe("$ErrorActionPreference = 'Stop'");
      expect(text).toMatch(/^[\x20-\x7e\n]*$/);
      const bare = steps(text).join('\n').replaceAll(literals, '');
      for (const [open, close] of ['{}', '()'].map((pair) => [...pair])) {
        expect(bare.split(open ?? '').length).toBe(bare.split(close ?? '').length);
      }
      // Pasted into a console, a statement would be over before these.
      expect(steps(text).filter((line) => /^(else|elseif)\b/.test(line))).toEqual([]);
    }
  });

  test('says nothing that a shell would understand otherwise', () => {
    expect(quoted("O'Hara $(x) `y")).toBe("'O''Hara $(x) `y'");
    for (const quote of ['2018', '2019', '201A', '201B']) {
      const character = String.fromCodePoint(Number.parseInt(quote, 16));
      expect(quoted(character)).toBe(`('' + [char]0x${quote})`);
    }
    expect(quoted('Z\u00fcrich')).toBe("('Z' + [char]0x00FC + 'rich')");
  });

  test.each([
    'M\u00fcnchen',
    '\u00d1\u00d2; throw 1 #',
    '\u{1f600}',
    "it's '\u00fc'",
    '\u00fc\u00fc',
    'a\nb',
    '',
  ])('%j is the same text when its quotes and numbers are read', (text) => {
    const written = quoted(text);
    expect(written).toMatch(/^[\x20-\x7e]*$/);
    const parts = written
      .replace(/^\((.*)\)$/, '$1')
      .match(/'(?:[^']|'')*'|\[char\]0x[0-9A-F]{4}/g);
    expect(parts?.[0]).toMatch(/^'/);
    const read = (parts ?? []).map((part) =>
      part.startsWith("'")
        ? part.slice(1, -1).replaceAll("''", "'")
        : String.fromCharCode(Number.parseInt(part.slice(-4), 16)),
    );
    expect(read.join('')).toBe(text.replace('\n', '\ufffd'));
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
      for (const line of externalMfaScript(mean)
        .map(asciiLine)
        .flatMap((one) => one.split('\n'))) {
        if (line.startsWith('#')) continue;
        expect(line).toMatch(/^[\x20-\x7e]*$/);
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

  test('a second run stops before it takes its own settings for what was before', async () => {
    const lines = steps(await script('federate', ...domain));
    const at = (part: string) => lines.findIndex((line) => line.includes(part));
    expect(lines).toContain("$file = 'before-example.org.json'");
    expect(lines[at('Test-Path')]).toMatch(
      /^if \(Test-Path -LiteralPath \$file\) \{ throw '.+ is there already.+' \}$/,
    );
    expect(at('Test-Path')).toBeLessThan(at('Out-File -Encoding utf8 -NoClobber $file'));
    expect(at('-NoClobber $file')).toBeLessThan(at('Update-Mg'));
    expect(lines.filter((line) => /Out-File.*before/.test(line))).toEqual([]);
    expect(lines.join('\n')).not.toContain('Remove-Mg');
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
  const lines = steps(text);
  const at = (part: string) => lines.findIndex((line) => line.includes(part));
  expect(at('-NextSigningCertificate')).toBeLessThan(at(' -SigningCertificate'));
  expect(at('Out-File -Encoding utf8 -NoClobber $kept')).toBeLessThan(at('Update-Mg'));
  // Run as one file before that day, the second half must not follow the first.
  const guard = lines.slice(at('-NextSigningCertificate') + 1, at(' -SigningCertificate'));
  expect(guard).toEqual([
    expect.stringMatching(/^if \(\[DateTimeOffset\]::UtcNow\.ToUnixTimeSeconds\(\) -lt \d+\) \{$/),
    expect.stringMatching(/^ {2}throw 'Step 3 is done\. Step 4 has to wait until .+'$/),
    '}',
  ]);
  const seconds = Number(/-lt (\d+)/.exec(guard[0] ?? '')?.[1]);
  const said = /has to wait until (\S+) (\S+) UTC/.exec(guard[1] ?? '');
  expect(new Date(seconds * 1000).toISOString()).toContain(`${said?.[1]}T${said?.[2]}`);
  expect(seconds * 1000).toBeGreaterThan(Date.now() + 13 * 86_400_000);
  expect(await script('federate', ...domain)).toContain(`  NextSigningCertificate = '${next}'`);
});

describe('roll-back', () => {
  test('does not guess what the domain was, and names both ways', async () => {
    for (const to of [[], ['--to', 'adfs']]) {
      const { code, err, out } = await installation.call([
        ...['m365', 'script', 'roll-back', ...domain, ...to],
      ]);
      expect({ code, out }).toEqual({ code: 2, out: '' });
      expect(err).toMatch(/--to managed[\s\S]+--to previous.+before-example\.org\.json/);
    }
    const elsewhere = ['m365', 'script', 'federate', ...domain, '--to', 'managed'];
    expect(await installation.call(elsewhere)).toMatchObject({ code: 2 });
  });

  test('to a managed domain only takes the federation away', async () => {
    const text = await script('roll-back', ...domain, '--to', 'managed');
    expect(text).toContain('Write-Warning');
    expect(text).not.toContain('throw');
    expect(text).toContain('Remove-MgDomainFederationConfiguration');
    expect(text).toContain("Update-MgDomain -DomainId $domain -AuthenticationType 'Managed'");
    expect(text).not.toMatch(/(New|Update)-MgDomainFederationConfiguration/);
  });

  test('to the federation before only sets what was kept', async () => {
    const text = await script('roll-back', ...domain, '--to', 'previous');
    expect(text).toContain("-LiteralPath 'before-example.org.json'");
    expect(text).toContain('Update-MgDomainFederationConfiguration');
    expect(text).not.toMatch(/Remove-Mg|AuthenticationType 'Managed'|Update-MgDomain -/);
  });

  test('keeps what is there now, in a file that is new at each run', async () => {
    for (const to of ['managed', 'previous']) {
      const lines = steps(await script('roll-back', ...domain, '--to', to));
      const kept = lines.findIndex((line) => line.includes('-NoClobber $kept'));
      const change = lines.findIndex((line) => /^ *(try \{ )?(Remove|Update)-Mg/.test(line));
      expect(kept).toBeGreaterThan(0);
      expect(kept).toBeLessThan(change);
    }
  });
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

  test('at a second run finds what the first one made', async () => {
    const text = await script('external-mfa');
    for (const [look, make] of [
      ['$apps = @(Get-MgApplication', '$app = New-MgApplication'],
      ['Get-MgServicePrincipal -Filter "appId eq \'$appId\'"', 'New-MgServicePrincipal'],
      ['Get-MgServicePrincipalOauth2PermissionGrant', 'New-MgOauth2PermissionGrant'],
      ["if ($there) { throw '", 'Invoke-MgGraphRequest -Method POST'],
    ] as const) {
      const lines = steps(text);
      const [looked, made] = [look, make].map((part) =>
        lines.findIndex((line) => line.includes(part)),
      );
      expect(looked).toBeGreaterThan(0);
      expect(made).toBeGreaterThan(looked ?? 0);
    }
    const whole = steps(text).join('\n');
    expect(whole).toMatch(/if \(\$apps\.Count -eq 1\) \{[^}]+\}\n\} else \{\n {2}\$app = New-/);
    expect(whole).toMatch(/if \(-not \$grant\) \{\n {2}New-/);
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

describe('a domain that takes no federation of its own', () => {
  const before = { parties: '' };
  beforeAll(() => {
    before.parties = readFileSync(join(installation.folder, 'parties.yaml'), 'utf8');
  });
  afterAll(() => {
    installation.write('parties.yaml', before.parties);
  });
  const refused = async (what: string, named: string) => {
    const { code, out, err } = await installation.call([
      ...['m365', 'script', what, '--domain', named],
    ]);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    return err;
  };

  test('below another one no script is printed, but the way back', async () => {
    const listed = before.parties.replace('example.org]', 'example.org, sub.example.org]');
    installation.write('parties.yaml', listed);
    for (const what of ['federate', 'roll-certificate']) {
      const err = await refused(what, 'sub.example.org');
      expect(err).toContain('sub.example.org inherits the federation of example.org');
      expect(err).toContain('use --domain example.org.');
    }
    await script('federate', ...domain);
    await script('roll-back', '--domain', 'sub.example.org', '--to', 'managed');
  });

  test('of Microsoft none is printed', async () => {
    const settings = readFileSync(join(installation.folder, 'drawbridge.yaml'), 'utf8');
    const issuer = 'issuers: [{ id: own, domains: [contoso.onmicrosoft.com] }]';
    installation.write('drawbridge.yaml', `${settings}\n${issuer}\n`);
    expect(await refused('federate', 'contoso.onmicrosoft.com')).toContain('cannot be federated');
    installation.write('drawbridge.yaml', settings);
  });
});

test('what is not one of them is refused', async () => {
  expect(await installation.call(['m365', 'script'])).toMatchObject({ code: 2 });
  expect(await installation.call(['m365', 'script', 'destroy'])).toMatchObject({ code: 2 });
});
