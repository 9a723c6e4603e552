import { warnings } from './plan-text.js';
import { federationBody } from './federation-body.js';
import type { OurFederation } from './our-federation.js';
import { quoted } from './powershell-text.js';
import {
  breakGlassCheck,
  connect,
  currentFederation,
  graph,
  hashtable,
  heading,
  rest,
} from './script-parts.js';
import { beforeFile, wayBackComments } from './script-roll-back.js';

/** Federates a domain: break-glass check and the way back first, then the change, then a look at it. */
export function federateScript(ours: OurFederation, now: number): string[] {
  const { domain } = ours;
  const body = federationBody(ours);
  return [
    ...heading(`Federates ${domain} with ${ours.issuerUri}.`),
    ...warnings(ours, now).map((line) => `# ${line}`),
    connect([
      'Domain.ReadWrite.All',
      'Directory.AccessAsUser.All',
      'User.Read.All',
      'RoleManagement.Read.Directory',
    ]),
    '',
    ...breakGlassCheck,
    '# 2. The way back, which needs what is there now. Keep the file and these lines:',
    ...currentFederation(domain),
    ...keepWhatWasBefore(domain),
    ...wayBackComments(domain),
    '',
    '# 3. The domain has to be verified, must not be the default one, and its people need an ImmutableID.',
    'Get-MgDomain -DomainId $domain | Select-Object Id, IsVerified, IsDefault, AuthenticationType',
    '#    Whoever is listed here cannot sign in afterwards (AADSTS51004):',
    'Get-MgUser -All -ConsistencyLevel eventual -CountVariable count -Filter "endsWith(userPrincipalName,\'@$domain\')" `',
    '    -Property userPrincipalName, onPremisesImmutableId |',
    '  Where-Object { -not $_.OnPremisesImmutableId } | Select-Object UserPrincipalName',
    '#    An ImmutableID can be set only while the domain is managed.',
    '',
    '# 4. Rehearse before you switch: npx drawbridge m365 rehearse --domain ' + domain,
    '',
    '# 5. The switch. People are sent here within minutes; it may take two hours, for a domain that was converted before 24.',
    ...hashtable('federation', body),
    'if ($current) {',
    '  Update-MgDomainFederationConfiguration -DomainId $domain -InternalDomainFederationId $current.Id @federation',
    '} else {',
    '  New-MgDomainFederationConfiguration -DomainId $domain @federation',
    '}',
    ...rest('POST', `${graph}/domains/${domain}/federationConfiguration`, {
      '@odata.type': '#microsoft.graph.internalDomainFederation',
      ...body,
    }),
    `# REST: PATCH ${graph}/domains/${domain}/federationConfiguration/{internalDomainFederationId} where it is federated already`,
    '',
    '# 6. Look at it, and compare: npx drawbridge m365 doctor --settings after.json --domain ' +
      domain,
    "Get-MgDomainFederationConfiguration -DomainId $domain | ConvertTo-Json -Depth 5 | Out-File -Encoding utf8 'after.json'",
    '',
    ...notes(ours),
  ];
}

/** Once and never again: at a second run what is there is ours, and would take the place of what leads back. */
function keepWhatWasBefore(domain: string): string[] {
  const file = beforeFile(domain);
  const isThere = `${file} is there already, from an earlier run: it is what leads back, and is not overwritten. To federate once more, run this in another folder, and keep both files.`;
  return [
    `$file = ${quoted(file)}`,
    `if (Test-Path -LiteralPath $file) { throw ${quoted(isThere)} }`,
    "$before = @{ DomainId = $domain; AuthenticationType = 'Managed' }",
    'if ($current) { $before = $current }',
    '$before | ConvertTo-Json -Depth 5 | Out-File -Encoding utf8 -NoClobber $file',
  ];
}

function notes(ours: OurFederation): string[] {
  return [
    '# Mind:',
    '# - Break-glass accounts stay out of this domain, and out of every policy that asks for what is federated.',
    `# - federatedIdpMfaBehavior ${ours.federatedIdpMfaBehavior}: ${mfaNote[ours.federatedIdpMfaBehavior]}`,
    '#   Once it is set it replaces SupportsMfa, and there is no way back to that.',
    '# - Security Defaults take no second factor of ours: with them people are asked twice. Use Conditional Access.',
    '# - promptLoginBehavior nativeSupport: left out, Entra asks for "password only" wherever a program asks for a new',
    '#   sign-in, and that breaks the second factor.',
  ];
}

const mfaNote: Readonly<Record<OurFederation['federatedIdpMfaBehavior'], string>> = {
  acceptIfMfaDoneByFederatedIdp:
    'Entra takes a second factor that was used here, and asks for its own otherwise.',
  enforceMfaByFederatedIdp: 'where a second factor is needed Entra sends people here for it.',
  rejectMfaByFederatedIdp: 'Entra always asks for its own second factor, whatever was used here.',
};
