import { readFile } from 'node:fs/promises';
import type { Configuration, IssuerConfiguration } from './configuration.js';
import { domainOf } from './domain.js';
import { filesMatching } from './file-patterns.js';
import { interpolate } from './interpolate.js';
import type { PublicUrl } from './public-url.js';
import { reservedIds } from './sections/issuers-section.js';
import { readYamlDocuments } from './yaml-documents.js';

/** The domains that relying parties with a profile name, in the order of the files. */
export async function withProfileDomains(
  configuration: Configuration,
  env: NodeJS.ProcessEnv,
): Promise<Configuration> {
  const profileDomains = await readProfileDomains(configuration.relyingPartyFiles, env);
  return { ...configuration, profileDomains };
}

/**
 * Microsoft knows each federated domain by an issuer of its own. So the domains that relying parties with a profile name
 * get one, unless an issuer that is configured speaks for them already.
 * @returns what the issuers are, given those there were before
 */
export function issuersOf({
  issuers,
  profileDomains,
  publicUrl,
}: Pick<Configuration, 'issuers' | 'profileDomains' | 'publicUrl'>): (
  before: readonly IssuerConfiguration[],
) => IssuerConfiguration[] {
  return (before) => issuersFor(profileDomains, issuers, publicUrl, before);
}

/**
 * Pure. A domain keeps the issuer it has had, wherever it stands in a list by now, because its tenant believes no other
 * one; only what is configured moves it. Of the new ones, the first that nobody speaks for goes to the default issuer, where
 * that has none; every other one gets an issuer that is called as it is, with hyphens for dots. A domain below one that comes
 * before it goes to the issuer of that one, because in Entra it inherits its federation, `issuerUri` included; one that comes
 * first was added there first, and inherits nothing.
 */
export function issuersFor(
  domains: readonly string[],
  configured: readonly IssuerConfiguration[],
  publicUrl: PublicUrl,
  before: readonly IssuerConfiguration[] = [],
): IssuerConfiguration[] {
  const issuers = configured.map((issuer) => ({ ...issuer }));
  for (const domain of domains) keepIssuer(domain, issuers, before, publicUrl);
  for (const domain of domains) {
    if (issuers.some((issuer) => issuer.domains.includes(domain))) continue;
    const parent = speakingAbove(domain, issuers);
    if (parent !== null) {
      parent.domains = [...parent.domains, domain];
      continue;
    }
    const [atRoot] = issuers;
    if (atRoot?.domains.length === 0) {
      atRoot.domains = [domain];
      continue;
    }
    const id = freeId(domain, issuers);
    issuers.push({ id, entityId: publicUrl.absolute(`/saml/${id}`), domains: [domain] });
  }
  return issuers;
}

/** The issuer that spoke for a domain before does so again, unless another one is configured to. */
function keepIssuer(
  domain: string,
  issuers: IssuerConfiguration[],
  before: readonly IssuerConfiguration[],
  publicUrl: PublicUrl,
): void {
  const kept = before.find(({ domains }) => domains.includes(domain));
  if (kept === undefined || issuers.some(({ domains }) => domains.includes(domain))) return;
  const { id } = kept;
  // One that was made of a domain follows public_url; one that was configured has a name of its own.
  const own = `/saml/${id}`;
  const entityId = kept.entityId.endsWith(own) ? publicUrl.absolute(own) : kept.entityId;
  const now = issuers.find((one) => one.id === id || one.entityId === entityId);
  if (now === undefined) issuers.push({ id, entityId, domains: [domain] });
  else now.domains = [...now.domains, domain];
}

/** The issuer of the nearest domain above. */
function speakingAbove(
  domain: string,
  issuers: readonly IssuerConfiguration[],
): IssuerConfiguration | null {
  const above = domain.slice(domain.indexOf('.') + 1);
  if (above === domain || !above.includes('.')) return null;
  return issuers.find(({ domains }) => domains.includes(above)) ?? speakingAbove(above, issuers);
}

function freeId(domain: string, issuers: readonly IssuerConfiguration[]): string {
  const plain = domain.replaceAll('.', '-').slice(0, 60);
  const taken = (id: string) => reservedIds.includes(id) || issuers.some((one) => one.id === id);
  let id = plain;
  for (let number = 2; taken(id); number += 1) id = `${plain}-${number}`;
  return id;
}

/** What is wrong with the files is said by those who read them for good. */
async function readProfileDomains(
  patterns: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<string[]> {
  const domains = new Set<string>();
  for (const pattern of patterns) {
    for (const file of await filesMatching(pattern)) {
      const text = await readFile(file, 'utf8').catch(() => '');
      const documents = readYamlDocuments(text, file);
      for (const written of documents.ok ? documents.value : []) {
        for (const one of domainsOf(interpolate(written, env).value)) domains.add(one);
      }
    }
  }
  return [...domains];
}

function domainsOf(written: unknown): string[] {
  if (written === null || typeof written !== 'object') return [];
  if (!('profile' in written) || !('domains' in written)) return [];
  const { domains } = written;
  return Array.isArray(domains) ? domains.flatMap((one) => domainOf(one) ?? []) : [];
}
