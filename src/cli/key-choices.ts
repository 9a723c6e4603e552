import { formatDuration, parseDuration } from '../config/duration.js';
import { defaultIssuerId, type Issuer } from '../issuers/issuers.js';
import { keyPurposes } from '../keys/key-purposes.js';
import type { KeyPurpose, SigningKey } from '../keys/key-store.js';
import { UsageError } from './command.js';

/** Those whose keys every issuer has from its first start. */
const purposes = ['oidc', 'saml', 'saml-encryption'] as const satisfies readonly KeyPurpose[];

type Purpose = (typeof purposes)[number];

/** Partners that fetch metadata once a day have seen the key by then. */
const usualMetadataLeadMs = 24 * 60 * 60_000;

/** @throws UsageError */
export function chosenPurpose(written: string | undefined): Purpose {
  const found = purposes.find((purpose) => purpose === (written ?? 'oidc'));
  if (found === undefined) throw new UsageError(`--purpose is ${purposes.join(' or ')}.`);
  return found;
}

/** @throws UsageError */
export function chosenIssuer(written: string | undefined, issuers: readonly Issuer[]): string {
  const id = written ?? defaultIssuerId;
  if (issuers.some((issuer) => issuer.id === id)) return id;
  const known = issuers.map((issuer) => issuer.id).join(', ');
  throw new UsageError(`--issuer names an issuer of the configuration: ${known}.`);
}

/**
 * Needs no choice where the purpose knows one algorithm only.
 * @throws UsageError
 */
export function chosenAlgorithm(
  written: string | undefined,
  purpose: Purpose,
): SigningKey['algorithm'] {
  const { algorithms } = keyPurposes[purpose];
  const [only, ...others] = algorithms;
  if (written === undefined && only !== undefined && others.length === 0) return only;
  const found = algorithms.find((algorithm) => algorithm === written);
  if (found === undefined) throw new UsageError(`--algorithm is ${algorithms.join(' or ')}.`);
  return found;
}

/**
 * In milliseconds.
 * @throws UsageError
 */
export function chosenLead(written: string | undefined, purpose: Purpose): number {
  const { shortestLeadMs } = keyPurposes[purpose];
  if (written === undefined) return purpose === 'oidc' ? shortestLeadMs : usualMetadataLeadMs;
  const lead = parseDuration(written);
  if (lead !== null && lead >= shortestLeadMs) return lead;
  throw new UsageError(`--lead is a duration of at least ${formatDuration(shortestLeadMs)}.`);
}
