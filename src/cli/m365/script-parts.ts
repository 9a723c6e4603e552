import { printable } from '../printable.js';
import type { OurFederation } from './our-federation.js';

/**
 * A value in a PowerShell script, which in single quotes takes everything literally. It takes typographic quotes for the
 * plain one.
 */
export const quoted = (text: string): string =>
  `'${printable(text).replaceAll(/['\u2018-\u201b]/g, '$&$&')}'`;

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
  ...searchBreakGlass(`Write-Warning ${noBreakGlass}`),
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

export const graph = 'https://graph.microsoft.com/v1.0';

/** Names and values of a federation, in the order of the documentation. */
export function federationBody(ours: OurFederation, certificate: string, next: string | null) {
  return {
    displayName: ours.displayName,
    issuerUri: ours.issuerUri,
    metadataExchangeUri: ours.metadataExchangeUri,
    signingCertificate: certificate,
    ...(next === null ? {} : { nextSigningCertificate: next }),
    passiveSignInUri: ours.passiveSignInUri,
    activeSignInUri: ours.activeSignInUri,
    signOutUri: ours.signOutUri,
    preferredAuthenticationProtocol: ours.preferredAuthenticationProtocol,
    federatedIdpMfaBehavior: ours.federatedIdpMfaBehavior,
    promptLoginBehavior: ours.promptLoginBehavior,
    isSignedAuthenticationRequestRequired: ours.isSignedAuthenticationRequestRequired,
  };
}

/** The same as parameters of a cmdlet, from a hashtable. */
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
