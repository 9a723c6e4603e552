import { describeCertificate, readCertificate } from './certificate.js';
import type { OurFederation } from './our-federation.js';
import { breakGlassCheck, connect, graph, heading, quoted, rest } from './script-parts.js';
import { rollBackLines } from './script-roll-back.js';

/** Lets a tenant know the next certificate before it signs, and makes it the first one afterwards. */
export function rollCertificateScript(ours: OurFederation, now: number): string[] {
  const { domain, issuer } = ours;
  const signing = readCertificate(issuer.signing);
  const next = readCertificate(issuer.next?.certificate ?? null);
  const url = `${graph}/domains/${domain}/federationConfiguration/{internalDomainFederationId}`;
  const signs = signing === null ? 'none' : describeCertificate(signing, now);
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
    ...rollBackLines(domain).map((line) => (line === '' ? '#' : `#   ${line.replace(/^# ?/, '')}`)),
    '',
    `$domain = ${quoted(domain)}`,
    '$current = Get-MgDomainFederationConfiguration -DomainId $domain',
    '',
  ];
  if (next === null || issuer.next === null) {
    return [
      ...begin,
      '# 3. There is no next certificate yet. Publish one, with two weeks for the tenant to learn of it, and print this again:',
      `#    npx drawbridge keys rotate --issuer ${issuer.id} --purpose saml --lead 14d`,
    ];
  }
  const from = new Date(issuer.next.signsFrom).toISOString().slice(0, 16).replace('T', ' ');
  return [
    ...begin,
    `# 3. Now, and before ${from} UTC, when it begins to sign: ${describeCertificate(next, now)}`,
    `Update-MgDomainFederationConfiguration -DomainId $domain -InternalDomainFederationId $current.Id -NextSigningCertificate ${quoted(next.base64)}`,
    ...rest('PATCH', url, { nextSigningCertificate: next.base64 }),
    '#    By WS-Federation Entra also finds it by itself: it reads metadataExchangeUri daily, from 35 days before the end',
    '#    of the old one. By SAML it does not.',
    '',
    `# 4. After ${from} UTC, and after a sign-in that worked: the next one becomes the first.`,
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
