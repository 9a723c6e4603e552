import { breakGlassWarning, connect, graph, heading, quoted, rest } from './script-parts.js';

/** The way back of a domain that was managed, and of one that was federated with something else. */
export function rollBackLines(domain: string): string[] {
  const file = `before-${domain}.json`;
  return [
    `$domain = ${quoted(domain)}`,
    '$current = Get-MgDomainFederationConfiguration -DomainId $domain',
    '',
    '# a. The domain was managed before. Takes up to two hours; people then need a password in Entra, those without one a new one.',
    'Remove-MgDomainFederationConfiguration -DomainId $domain -InternalDomainFederationId $current.Id',
    "Update-MgDomain -DomainId $domain -AuthenticationType 'Managed'",
    ...rest(
      'DELETE',
      `${graph}/domains/${domain}/federationConfiguration/{internalDomainFederationId}`,
    ),
    '',
    `# b. The domain was federated before, with AD FS for instance: what it had is in ${file}.`,
    `$before = Get-Content -Raw ${quoted(file)} | ConvertFrom-Json`,
    '$settings = @{}',
    "foreach ($name in 'DisplayName', 'IssuerUri', 'MetadataExchangeUri', 'SigningCertificate', 'NextSigningCertificate', 'PassiveSignInUri', 'ActiveSignInUri', 'SignOutUri', 'PreferredAuthenticationProtocol', 'FederatedIdpMfaBehavior', 'PromptLoginBehavior', 'IsSignedAuthenticationRequestRequired') {",
    '  if ($null -ne $before.$name) { $settings[$name] = $before.$name }',
    '}',
    'Update-MgDomainFederationConfiguration -DomainId $domain -InternalDomainFederationId $current.Id @settings',
    ...rest(
      'PATCH',
      `${graph}/domains/${domain}/federationConfiguration/{internalDomainFederationId}`,
    ),
    '#   with the settings of that file as body',
  ];
}

export function rollBackScript(domain: string): string[] {
  return [
    ...heading(`Takes the federation of ${domain} back. Run a or b, not both.`),
    '# Run it as the break-glass administrator: whoever comes by the federation may be locked out by it.',
    connect([
      'Domain.ReadWrite.All',
      'Directory.AccessAsUser.All',
      'RoleManagement.Read.Directory',
    ]),
    '',
    ...breakGlassWarning,
    '# 2. The way back. What is there now is kept too:',
    `$domain = ${quoted(domain)}`,
    `Get-MgDomainFederationConfiguration -DomainId $domain | ConvertTo-Json -Depth 5 | Out-File -Encoding utf8 ${quoted(`rolled-back-${domain}.json`)}`,
    ...rollBackLines(domain),
    '',
    '# federatedIdpMfaBehavior cannot be set back to “not set”; acceptIfMfaDoneByFederatedIdp means the same.',
    '# Then look whether it is over: Managed, and nobody is sent here any more.',
    'Get-MgDomain -DomainId $domain | Select-Object Id, AuthenticationType',
  ];
}
