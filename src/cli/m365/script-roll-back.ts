import { quoted } from './powershell-text.js';
import {
  breakGlassWarning,
  connect,
  currentFederation,
  graph,
  heading,
  keepCurrent,
  rest,
} from './script-parts.js';

/** What a domain becomes again: without a federation, or with the one that it had. */
export type WayBack = 'managed' | 'previous';

/** Where the script that federates a domain keeps what was there. */
export const beforeFile = (domain: string): string => `before-${domain}.json`;

/** One way back. Needs `$domain` and `$current`. */
export function wayBackLines(domain: string, to: WayBack): string[] {
  const url = `${graph}/domains/${domain}/federationConfiguration/{internalDomainFederationId}`;
  if (to === 'managed') {
    return [
      '# Takes up to two hours. People then need a password in Entra, those without one a new one.',
      'if ($current) {',
      '  try { Remove-MgDomainFederationConfiguration -DomainId $domain -InternalDomainFederationId $current.Id }',
      '  catch { Write-Warning $_ }',
      '}',
      "if ((Get-MgDomain -DomainId $domain).AuthenticationType -ne 'Managed') {",
      "  Update-MgDomain -DomainId $domain -AuthenticationType 'Managed'",
      '}',
      ...rest('DELETE', url),
    ];
  }
  const file = beforeFile(domain);
  const holdsNone = `${file} holds no federation. Where the domain was managed before, print the script with --to managed.`;
  return [
    `# Sets what is in ${file}, and stops where that is not in this folder.`,
    `$before = Get-Content -Raw -Encoding UTF8 -LiteralPath ${quoted(file)} | ConvertFrom-Json`,
    `if (-not $before.IssuerUri) { throw ${quoted(holdsNone)} }`,
    '$settings = @{}',
    "foreach ($name in 'DisplayName', 'IssuerUri', 'MetadataExchangeUri', 'SigningCertificate', 'NextSigningCertificate', 'PassiveSignInUri', 'ActiveSignInUri', 'SignOutUri', 'PreferredAuthenticationProtocol', 'FederatedIdpMfaBehavior', 'PromptLoginBehavior', 'IsSignedAuthenticationRequestRequired') {",
    '  if ($null -ne $before.$name) { $settings[$name] = $before.$name }',
    '}',
    'if ($current) {',
    '  Update-MgDomainFederationConfiguration -DomainId $domain -InternalDomainFederationId $current.Id @settings',
    '} else {',
    '  New-MgDomainFederationConfiguration -DomainId $domain @settings',
    '}',
    ...rest('PATCH', url),
    '#   with the settings of that file as body',
  ];
}

/** Both ways as comments, for a script that changes something. */
export function wayBackComments(domain: string): string[] {
  const lines = [
    'This is not run here. It is the script m365 script roll-back, one of two:',
    ...currentFederation(domain),
    '',
    '--to managed: the domain was managed before.',
    ...wayBackLines(domain, 'managed'),
    '',
    '--to previous: the domain was federated before, with AD FS for instance.',
    ...wayBackLines(domain, 'previous'),
  ];
  return lines.map((line) => `#   ${line.replace(/^# ?/, '')}`.trimEnd());
}

export function rollBackScript(domain: string, to: WayBack): string[] {
  const becomes = to === 'managed' ? 'a managed domain again' : 'what it was federated with before';
  return [
    ...heading(`Takes the federation of ${domain} back: it becomes ${becomes}.`),
    '# Run it as the break-glass administrator: whoever comes by the federation may be locked out by it.',
    connect([
      'Domain.ReadWrite.All',
      'Directory.AccessAsUser.All',
      'RoleManagement.Read.Directory',
    ]),
    '',
    ...breakGlassWarning,
    '# 2. What is there now is kept, in case it is wanted again.',
    ...currentFederation(domain),
    ...keepCurrent(`rolled-back-${domain}`),
    '',
    '# 3. The way back.',
    ...wayBackLines(domain, to),
    '',
    '# federatedIdpMfaBehavior cannot be set back to "not set"; acceptIfMfaDoneByFederatedIdp means the same.',
    '# 4. Look whether it is over: nobody is sent here any more.',
    'Get-MgDomain -DomainId $domain | Select-Object Id, AuthenticationType',
  ];
}
