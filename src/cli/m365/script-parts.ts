import { quoted } from './powershell-text.js';

/** A variable of a script in place of a value. */
export class Variable {
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
}

/** Any value as PowerShell writes it. Nothing of a text is ever expanded. */
export function literal(value: unknown, indent = ''): string {
  const deeper = `${indent}  `;
  if (value instanceof Variable) return `$${value.name}`;
  if (typeof value === 'boolean') return `$${value}`;
  if (typeof value === 'string') return quoted(value);
  if (Array.isArray(value)) return `@(${value.map((one) => literal(one, deeper)).join(', ')})`;
  const rows = Object.entries(value as Record<string, unknown>).map(
    ([key, one]) =>
      `${deeper}${/^[A-Za-z]\w*$/.test(key) ? key : quoted(key)} = ${literal(one, deeper)}`,
  );
  return ['@{', ...rows, `${indent}}`].join('\n');
}

/** The first lines of every script: what it is, and that nothing was done. */
export function heading(what: string): string[] {
  return [
    `# ${what}`,
    '# Printed by Drawbridge, which contacted no tenant and knows no credential of one. Read it, then run it step by step.',
    '# It stops at the first error, so it may be run as one file too.',
    "$ErrorActionPreference = 'Stop'",
    '',
  ];
}

export const connect = (scopes: readonly string[]): string =>
  `Connect-MgGraph -Scopes ${scopes.map(quoted).join(', ')}`;

const noBreakGlass =
  "'No break-glass administrator: make a cloud-only Global Administrator of your onmicrosoft.com domain first.'";

/** Nobody may change a federation without a way in that does not use it. */
export const breakGlassCheck: readonly string[] = [
  '# 1. Break-glass check. Stops unless a Global Administrator exists who needs no federation:',
  ...searchBreakGlass(`throw ${noBreakGlass}`),
  '#    Sign in as that administrator in a private window now, and stay signed in until everything works.',
  '',
];

/** The same before the way back, which nobody should be kept from. */
export const breakGlassWarning: readonly string[] = [
  '# 1. Break-glass check. It only warns when there is no Global Administrator who needs no federation:',
  'try {',
  ...searchBreakGlass(`Write-Warning ${noBreakGlass}`).map((line) => `  ${line}`),
  '} catch { Write-Warning $_ }',
  '',
];

function searchBreakGlass(otherwise: string): string[] {
  return [
    '#    cloud-only, enabled, and of the onmicrosoft.com domain, which cannot be federated.',
    `$role = Get-MgDirectoryRole -Filter ${quoted("roleTemplateId eq '62e90394-69f5-4237-9190-012177145e10'")}`,
    '$breakGlass = Get-MgDirectoryRoleMemberAsUser -DirectoryRoleId $role.Id -All `',
    '    -Property userPrincipalName, accountEnabled, onPremisesSyncEnabled |',
    "  Where-Object { $_.UserPrincipalName -like '*.onmicrosoft.com' -and $_.AccountEnabled -and -not $_.OnPremisesSyncEnabled }",
    `if (-not $breakGlass) { ${otherwise} }`,
    '$breakGlass | Select-Object UserPrincipalName',
  ];
}

/** The domain and `$current`: how it is federated, nothing where it is managed. */
export function currentFederation(domain: string): string[] {
  return [
    `$domain = ${quoted(domain)}`,
    '$current = $null',
    "if ((Get-MgDomain -DomainId $domain).AuthenticationType -eq 'Federated') {",
    '  $current = Get-MgDomainFederationConfiguration -DomainId $domain',
    '}',
  ];
}

/** Keeps what is there now, in a file of its own at each run. Needs `$current`. */
export function keepCurrent(name: string): string[] {
  return [
    `$kept = ${quoted(`${name}-`)} + (Get-Date -Format 'yyyyMMdd-HHmmss') + '.json'`,
    'if ($current) { $current | ConvertTo-Json -Depth 5 | Out-File -Encoding utf8 -NoClobber $kept }',
  ];
}

export const graph = 'https://graph.microsoft.com/v1.0';

/** Settings of a federation as parameters of a cmdlet, from a hashtable. */
export function hashtable(
  name: string,
  values: Readonly<Record<string, string | boolean>>,
): string[] {
  const named = Object.entries(values).map(([key, value]) => [
    `${key.charAt(0).toUpperCase()}${key.slice(1)}`,
    value,
  ]);
  return `$${name} = ${literal(Object.fromEntries(named))}`.split('\n');
}

/** A REST call as comments, so that a script remains one that can be run. */
export function rest(method: string, url: string, body: unknown = null): string[] {
  const lines = body === null ? [] : JSON.stringify(body, null, 2).split('\n');
  return [`# REST: ${method} ${url}`, ...lines.map((line) => `#   ${line}`)];
}
