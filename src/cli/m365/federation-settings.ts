import { z } from 'zod';
import { failure, success, type Result } from '../../kernel/result.js';

const text = z
  .string()
  .nullish()
  .transform((written) => written ?? null);

/** `internalDomainFederation` of Microsoft Graph, as far as it matters here; whatever else it says is left alone. */
const settings = z.looseObject({
  id: text,
  displayName: text,
  issuerUri: text,
  passiveSignInUri: text,
  activeSignInUri: text,
  signOutUri: text,
  metadataExchangeUri: text,
  signingCertificate: text,
  nextSigningCertificate: text,
  preferredAuthenticationProtocol: text,
  federatedIdpMfaBehavior: text,
  promptLoginBehavior: text,
  isSignedAuthenticationRequestRequired: z
    .boolean()
    .nullish()
    .transform((written) => written ?? null),
});

/** How a tenant federates one domain. */
export type TenantSettings = Pick<z.output<typeof settings>, keyof typeof settings.shape>;

/** One domain of a tenant. */
export interface TenantDomain {
  /** `null`: it is not said of which domain the settings are. */
  name: string | null;
  /** `null`: it is not federated. */
  settings: TenantSettings | null;
}

/**
 * Reads what PowerShell or Graph prints, names in either spelling: `Get-MgDomainFederationConfiguration … | ConvertTo-Json`,
 * `GET /domains/{id}/federationConfiguration`, several of these in a list, or `GET /domains?$expand=federationConfiguration`.
 */
export function readTenantDomains(json: string): Result<TenantDomain[], string> {
  let value: unknown;
  try {
    value = JSON.parse(json.replace(/^\ufeff/, ''));
  } catch (error) {
    return failure(`is no JSON: ${(error as Error).message}`);
  }
  const domains: TenantDomain[] = [];
  for (const { name, written } of configurationsIn(value, null)) {
    const read = written === notFederated ? null : settings.safeParse(written);
    if (read?.success === false) {
      return failure(`is no federation configuration: ${z.prettifyError(read.error)}`);
    }
    if (read?.data.issuerUri === null && read.data.passiveSignInUri === null) {
      return failure(
        'has neither issuerUri nor passiveSignInUri: it is the configuration of no federation',
      );
    }
    domains.push({ name, settings: read?.data ?? null });
  }
  return success(domains);
}

/**
 * The settings of one domain; `null`: it is not federated.
 * @param domain in lower case; `null`: that of which there are some
 */
export function readTenantSettings(
  json: string,
  domain: string | null = null,
): Result<TenantSettings | null, string> {
  const read = readTenantDomains(json);
  if (!read.ok) return read;
  const meant = read.value.filter(
    ({ name }) => name === null || domain === null || name === domain,
  );
  const [found, ...more] = meant;
  if (more.length > 0) {
    return failure(`holds ${meant.length} configurations; give the one of a single domain`);
  }
  if (found === undefined && read.value.length > 0) {
    const names = read.value.map(({ name }) => name).join(', ');
    return failure(`is about ${names}, not about ${domain}`);
  }
  return success(found?.settings ?? null);
}

/** The domain is there, without a configuration. */
const notFederated = Symbol('not federated');

interface Written {
  name: string | null;
  written: unknown;
}

/** Every configuration in a document, with its domain where that is said beside it. */
function configurationsIn(value: unknown, name: string | null): Written[] {
  if (Array.isArray(value)) return value.flatMap((one) => configurationsIn(one, name));
  if (typeof value !== 'object' || value === null) return [{ name, written: value }];
  const found = inGraphSpelling(value);
  const named = domainIn(found) ?? name;
  const { value: list, federationConfiguration: expanded, authenticationType } = found;
  if (Array.isArray(list)) return configurationsIn(list, named);
  if (Array.isArray(expanded) || authenticationType !== undefined) {
    const own = typeof found['id'] === 'string' ? found['id'].toLowerCase() : named;
    const inside = Array.isArray(expanded) ? configurationsIn(expanded, own) : [];
    return inside.length === 0 ? [{ name: own, written: notFederated }] : inside;
  }
  return [{ name: named, written: found }];
}

/** Said by a column that was added, or by the context of an answer of Graph. */
function domainIn(found: Readonly<Record<string, unknown>>): string | null {
  const { domainId, domain, '@odata.context': context } = found;
  if (typeof domainId === 'string') return domainId.toLowerCase();
  if (typeof domain === 'string') return domain.toLowerCase();
  const inContext = typeof context === 'string' ? /#domains\('([^']+)'\)/i.exec(context) : null;
  return inContext?.[1]?.toLowerCase() ?? null;
}

/** PowerShell writes `IssuerUri` where Graph has `issuerUri`. */
function inGraphSpelling(value: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(value).map(([name, one]) => [
      name.charAt(0).toLowerCase() + name.slice(1),
      one as unknown,
    ]),
  );
}
