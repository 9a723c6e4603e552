import { quoted } from './powershell-text.js';
import {
  breakGlassCheck,
  connect,
  graph,
  heading,
  literal,
  rest,
  Variable,
} from './script-parts.js';

/** What a tenant has to know of External MFA. */
export interface OurExternalMfa {
  name: string;
  clientId: string;
  discoveryUrl: string;
  authorizationEndpoint: string;
  /** Application id of the app registration; `null`: there is none yet. */
  appId: string | null;
}

const graphApp = '00000003-0000-0000-c000-000000000000';
const openidScope = '37f7f235-527c-4136-accd-4a02d197296e';
const profileScope = '14dad69e-099b-42c9-810b-d002981feec1';

/** Sets External MFA up for a group: the app registration, the consent, the method. */
export function externalMfaScript(ours: OurExternalMfa): string[] {
  const methods = `${graph}/policies/authenticationMethodsPolicy/authenticationMethodConfigurations`;
  const body = methodBody(ours, new Variable('appId'), new Variable('group'));
  return [
    ...heading(`Makes ${ours.name} an external MFA method.`),
    connect([
      'Policy.ReadWrite.AuthenticationMethod',
      'Application.ReadWrite.All',
      'DelegatedPermissionGrant.ReadWrite.All',
      'RoleManagement.Read.Directory',
    ]),
    '',
    ...breakGlassCheck,
    '# 2. The way back. Nobody loses anything by it but this method:',
    '#   $method = (Invoke-MgGraphRequest -Method GET -Uri ' + quoted(methods) + ').value |',
    '#     Where-Object { $_.displayName -eq ' + quoted(ours.name) + ' }',
    `#   Invoke-MgGraphRequest -Method PATCH -Uri "${methods}/$($method.id)" -Body '{"@odata.type":"#microsoft.graph.externalAuthenticationMethodConfiguration","state":"disabled"}'`,
    `#   Invoke-MgGraphRequest -Method DELETE -Uri "${methods}/$($method.id)"`,
    '',
    '# 3. The app registration. Its reply URL is our authorization endpoint (otherwise AADSTS50161).',
    ...appLines(ours),
    '',
    '# 4. Consent of an administrator (otherwise AADSTS900491).',
    '$servicePrincipal = Get-MgServicePrincipal -Filter "appId eq \'$appId\'"',
    'if (-not $servicePrincipal) { $servicePrincipal = New-MgServicePrincipal -AppId $appId }',
    `$microsoftGraph = Get-MgServicePrincipal -Filter ${quoted(`appId eq '${graphApp}'`)}`,
    '$grant = Get-MgServicePrincipalOauth2PermissionGrant -ServicePrincipalId $servicePrincipal.Id -All |',
    "  Where-Object { $_.ConsentType -eq 'AllPrincipals' -and $_.ResourceId -eq $microsoftGraph.Id }",
    'if (-not $grant) {',
    "  New-MgOauth2PermissionGrant -ClientId $servicePrincipal.Id -ConsentType 'AllPrincipals' -ResourceId $microsoftGraph.Id -Scope 'openid profile'",
    '}',
    '',
    '# 5. The method, for the people of one group. Its name is shown to them and cannot be changed.',
    "$group = '<object id of the test group>'",
    "if ($group -notmatch '^[0-9a-fA-F-]{36}$') { throw 'Write the object id of the test group into the line above this one.' }",
    `$there = (Invoke-MgGraphRequest -Method GET -Uri ${quoted(methods)}).value |`,
    `  Where-Object { $_.displayName -eq ${quoted(ours.name)} }`,
    `if ($there) { throw 'A method of that name is there already. Nothing of it was changed.' }`,
    ...`$method = ${literal(body)} | ConvertTo-Json -Depth 5`.split('\n'),
    `Invoke-MgGraphRequest -Method POST -Uri ${quoted(methods)} -ContentType 'application/json' -Body $method`,
    ...rest('POST', methods, methodBody(ours, '<application id of step 3>', '<group object id>')),
    `# Where v1.0 does not know the type yet, the same is under ${graph.replace('v1.0', 'beta')}.`,
    '',
    '# 6. For one person at a time, instead of waiting for it to appear:',
    ...rest('POST', `${graph}/users/{id}/authentication/externalAuthenticationMethods`, {
      configurationId: '<id of the method>',
      displayName: ours.name,
    }),
    '',
    '# Mind:',
    '# - It needs Entra ID P1, and a Conditional Access policy that asks for multi-factor authentication. Authentication',
    '#   strengths do not know it.',
    '# - Leave break-glass accounts out of that policy and out of the group.',
    '# - It is not for people of a federated domain: they bring their second factor along.',
  ];
}

/** Looks for the one of an earlier run first, by its reply URL or by the id that the configuration names. */
function appLines(ours: OurExternalMfa): string[] {
  const replyUrl = quoted(ours.authorizationEndpoint);
  const named = ours.appId === null ? '' : `$_.AppId -eq ${quoted(ours.appId)} -or `;
  return [
    '$apps = @(Get-MgApplication -All | Where-Object {',
    `    ${named}$_.Web.RedirectUris -ccontains ${replyUrl} })`,
    "if ($apps.Count -gt 1) { throw 'There is more than one app registration for this. Delete those that no method uses: ' + ($apps.AppId -join ' ') }",
    'if ($apps.Count -eq 1) {',
    '  $app = $apps[0]',
    `  if ($app.Web.RedirectUris -cnotcontains ${replyUrl}) { throw 'The app registration that the configuration names lacks the reply URL: ' + ${replyUrl} }`,
    '} else {',
    `  $app = New-MgApplication -DisplayName ${quoted(ours.name)} -SignInAudience 'AzureADMyOrg' \``,
    `    -Web @{ RedirectUris = @(${replyUrl}) } \``,
    `    -RequiredResourceAccess @(@{ ResourceAppId = ${quoted(graphApp)}; ResourceAccess = @(`,
    `      @{ Id = ${quoted(openidScope)}; Type = 'Scope' }, @{ Id = ${quoted(profileScope)}; Type = 'Scope' }) })`,
    '}',
    '$appId = $app.AppId',
    '$appId   # goes into external_mfa.app_id of the relying party',
  ];
}

const methodBody = (ours: OurExternalMfa, appId: string | Variable, group: string | Variable) => ({
  '@odata.type': '#microsoft.graph.externalAuthenticationMethodConfiguration',
  displayName: ours.name,
  state: 'enabled',
  appId,
  openIdConnectSetting: { clientId: ours.clientId, discoveryUrl: ours.discoveryUrl },
  includeTargets: [
    { '@odata.type': 'microsoft.graph.authenticationMethodTarget', id: group, targetType: 'group' },
  ],
  excludeTargets: [],
});
