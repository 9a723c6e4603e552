import { describeCertificate, readCertificate } from './certificate.js';
import type { OurFederation } from './our-federation.js';
import { quoted } from './powershell-text.js';
import {
  breakGlassCheck,
  connect,
  currentFederation,
  graph,
  heading,
  keepCurrent,
  rest,
} from './script-parts.js';
import { wayBackComments } from './script-roll-back.js';

/**
 * Lets a tenant know the next certificate before it signs, and makes it the first one afterwards. Run before that day it
 * does the first half and stops.
 */
export function rollCertificateScript(ours: OurFederation, now: number): string[] {
  const { domain, issuer } = ours;
  const signing = readCertificate(issuer.signing);
  const next = readCertificate(issuer.next?.certificate ?? null);
  const url = `${graph}/domains/${domain}/federationConfiguration/{internalDomainFederationId}`;
  const signs = signing === null ? 'none' : describeCertificate(signing, now);
  const notFederated = `${domain} is not federated, so there is no certificate to replace.`;
  const begin = [
    ...heading(`Rolls the certificate that signs for ${domain}.`),
    `# What signs now: ${signs}`,
    connect([
      'Domain.ReadWrite.All',
      'Directory.AccessAsUser.All',
      'RoleManagement.Read.Directory',
    ]),
    '',
    ...breakGlassCheck,
    '# 2. The way back: both certificates are known to the tenant meanwhile, so nothing has to be taken back in a hurry.',
    '#    What is there now is kept, in a new file at each run.',
    ...currentFederation(domain),
    `if (-not $current) { throw ${quoted(notFederated)} }`,
    ...keepCurrent(`before-certificate-${domain}`),
    ...wayBackComments(domain),
    '',
  ];
  if (next === null || issuer.next === null) {
    return [
      ...begin,
      '# 3. There is no next certificate yet. Publish one, with two weeks for the tenant to learn of it, and print this again:',
      `#    npx drawbridge keys rotate --issuer ${issuer.id} --purpose saml --lead 14d`,
    ];
  }
  const from = `${new Date(issuer.next.signsFrom).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  const tooEarly = `Step 3 is done. Step 4 has to wait until ${from}, when the next certificate begins to sign: before that it would lock everybody out. Run this file again then.`;
  return [
    ...begin,
    `# 3. Now, and before ${from}, when it begins to sign: ${describeCertificate(next, now)}`,
    `Update-MgDomainFederationConfiguration -DomainId $domain -InternalDomainFederationId $current.Id -NextSigningCertificate ${quoted(next.base64)}`,
    ...rest('PATCH', url, { nextSigningCertificate: next.base64 }),
    '#    By WS-Federation Entra also finds it by itself: it reads metadataExchangeUri daily, from 35 days before the end',
    '#    of the old one. By SAML it does not.',
    '',
    `# 4. After ${from}, and after a sign-in that worked: the next one becomes the first. Stops before that time.`,
    // Seconds since 1970, because dates as texts are read by the calendar of whoever runs it.
    `if ([DateTimeOffset]::UtcNow.ToUnixTimeSeconds() -lt ${Math.ceil(issuer.next.signsFrom / 1000)}) {`,
    `  throw ${quoted(tooEarly)}`,
    '}',
    `Update-MgDomainFederationConfiguration -DomainId $domain -InternalDomainFederationId $current.Id -SigningCertificate ${quoted(next.base64)}`,
    ...rest('PATCH', url, { signingCertificate: next.base64 }),
    '',
    `# 5. Compare: npx drawbridge m365 doctor --settings after.json --domain ${domain}`,
    "Get-MgDomainFederationConfiguration -DomainId $domain | ConvertTo-Json -Depth 5 | Out-File -Encoding utf8 'after.json'",
    '',
    '# A key that was stolen: keys rotate --emergency makes a new one sign at once. Nobody can sign in (AADSTS5000811) until',
    '# step 4 was done with it, and that is meant: whoever has the old key could sign in as anybody.',
  ];
}
