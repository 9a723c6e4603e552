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

/** How a tenant federates one domain; `null`: not set. */
export type TenantSettings = Pick<z.output<typeof settings>, keyof typeof settings.shape>;

const document = z.union([
  z.looseObject({ value: z.array(settings) }).transform(({ value }) => value),
  z.array(settings),
  settings.transform((one) => [one]),
]);

/**
 * Reads what `Get-MgDomainFederationConfiguration … | ConvertTo-Json` or `GET /domains/{id}/federationConfiguration`
 * prints: names in either spelling. A domain has one configuration or none.
 */
export function readTenantSettings(json: string): Result<TenantSettings | null, string> {
  let value: unknown;
  try {
    value = JSON.parse(json.replace(/^\ufeff/, ''));
  } catch (error) {
    return failure(`is no JSON: ${(error as Error).message}`);
  }
  const read = document.safeParse(inGraphSpelling(value));
  if (!read.success)
    return failure(`is no federation configuration: ${z.prettifyError(read.error)}`);
  if (read.data.length > 1) {
    return failure(`holds ${read.data.length} configurations; give the one of a single domain`);
  }
  const [found] = read.data;
  if (found === undefined) return success(null);
  if (found.issuerUri === null && found.passiveSignInUri === null) {
    return failure(
      'has neither issuerUri nor passiveSignInUri: it is the configuration of no federation',
    );
  }
  return success(found);
}

/** PowerShell writes `IssuerUri` where Graph has `issuerUri`. */
function inGraphSpelling(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inGraphSpelling);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, one]) => [
      name.charAt(0).toLowerCase() + name.slice(1),
      name.toLowerCase() === 'value' ? inGraphSpelling(one) : one,
    ]),
  );
}
