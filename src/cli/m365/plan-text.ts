import { isMicrosoftsOwn } from '../../relying-parties/microsoft-365/microsofts-own-domain.js';
import { describeCertificate, readCertificate } from './certificate.js';
import { compareFederation } from './compare-federation.js';
import { federationBody } from './federation-body.js';
import type { TenantSettings } from './federation-settings.js';
import type { OurFederation } from './our-federation.js';

/** What would change in a tenant, line by line. Says it in both directions: what is there, what would be. */
export function planText(
  theirs: TenantSettings | null,
  ours: OurFederation,
  now: number,
): string[] {
  const head = [
    `Domain          ${ours.domain}`,
    `Issuer here     ${ours.issuer.id}, ${ours.issuerUri}`,
  ];
  const lines = [...head, ...warnings(ours, now)];
  const parent = inheritsFrom(ours);
  if (theirs === null && parent !== null) {
    return [
      ...lines,
      '',
      `In Entra it inherits the federation of ${parent}. Nothing is to be set for it.`,
    ];
  }
  if (theirs === null) {
    return [
      ...lines,
      '',
      'The tenant does not federate this domain. It would get:',
      ...wholeSettings(ours, now),
      '',
      'People of the domain then sign in here, and their passwords in Entra are not used any more.',
      `npx drawbridge m365 script federate --domain ${ours.domain} prints the commands.`,
    ];
  }
  const differences = compareFederation(theirs, ours, now);
  if (differences.length === 0) return [...lines, '', 'Nothing would change.'];
  return [
    ...lines,
    '',
    ...differences.flatMap(({ setting, theirs: was, ours: becomes, weight, code, why }) => [
      `${weight === 'broken' ? '!' : '~'} ${setting}`,
      `    now      ${was}`,
      `    becomes  ${becomes}`,
      `    ${why}${code === null ? '' : ` (${code})`}`,
    ]),
    '',
    `${differences.length} ${differences.length === 1 ? 'setting' : 'settings'} would change. ! means that sign-ins fail as it is.`,
  ];
}

function wholeSettings(ours: OurFederation, now: number): string[] {
  return Object.entries(federationBody(ours)).map(([name, value]) => {
    const certificate = name.endsWith('Certificate') ? readCertificate(String(value)) : null;
    const shown = certificate === null ? value : describeCertificate(certificate, now);
    return `  ${name.padEnd(38)} ${shown}`;
  });
}

/** What would make a federation fail before it began. */
export function warnings(ours: OurFederation, now: number): string[] {
  const lines: string[] = [];
  if (!ours.passiveSignInUri.startsWith('https://')) {
    lines.push('Warning         public_url is not https; Entra takes no other address.');
  }
  if (isMicrosoftsOwn(ours.domain)) {
    lines.push('Warning         a domain of Microsoft (onmicrosoft.com) cannot be federated.');
  }
  const strangers = ours.issuer.domains.filter((domain) => !isOneFamily(domain, ours.domain));
  if (strangers.length > 0) {
    lines.push(
      `Warning         the issuer speaks for ${strangers.join(', ')} too; issuerUri has to be another one for each domain of a tenant (AADSTS50107).`,
    );
  }
  const signing = readCertificate(ours.issuer.signing);
  if (signing !== null && signing.until < now) {
    lines.push(`Warning         our certificate is over: ${describeCertificate(signing, now)}`);
  }
  return lines;
}

/** The domain above that the same issuer speaks for; in Entra a domain has its federation from there. */
export function inheritsFrom({ domain, issuer }: OurFederation): string | null {
  return issuer.domains.find((one) => domain.endsWith(`.${one}`)) ?? null;
}

const isOneFamily = (one: string, other: string): boolean =>
  one === other || one.endsWith(`.${other}`) || other.endsWith(`.${one}`);
