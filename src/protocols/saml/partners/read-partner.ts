import { failure, success, type Result } from '../../../kernel/result.js';
import type { MetadataRead, PartnerMetadata } from '../../../saml-core/metadata.js';
import { readMetadata } from '../../../saml-core/read-metadata.js';
import { endpointFaults } from './endpoint-faults.js';
import type { Fault } from './fault.js';
import { faultOfRefusal } from './refusal-words.js';

/** Bytes of a document, an aggregate included. */
export const mostMetadataBytes = 16 * 1024 * 1024;

export interface AcceptedMetadata {
  metadata: PartnerMetadata;
  /** The signature was verified with a pinned certificate. */
  verified: boolean;
  /** SHA-1 was in it. */
  sha1: boolean;
  cacheDurationSeconds: number | null;
}

export interface MetadataDemands {
  /** Milliseconds since the epoch. */
  now: number;
  /** PEM; with them a signature is demanded. */
  pinned: readonly string[] | null;
  /** Which entity is meant; `null`: the only one there is. */
  entityId: string | null;
  /** For Microsoft's alone. */
  allowSha1?: boolean;
}

/** The one service that is meant by a document, or everything that is wrong with it. */
export async function readPartner(
  xml: string | Uint8Array,
  { now, pinned, entityId, allowSha1 = false }: MetadataDemands,
): Promise<Result<AcceptedMetadata, Fault[]>> {
  const read = await readMetadata(xml, {
    now,
    maxBytes: mostMetadataBytes,
    ...(pinned === null ? {} : { pinnedCertificates: pinned, allowSha1 }),
  });
  if (!read.ok) return failure([faultOfRefusal(read.refusal, read.detail)]);
  const chosen = choose(read, entityId);
  if (!chosen.ok) return failure([chosen.failure]);
  const faults = endpointFaults(chosen.value);
  if (faults.length > 0) return failure(faults);
  const { verified, sha1, cacheDurationSeconds } = read;
  return success({ metadata: chosen.value, verified, sha1, cacheDurationSeconds });
}

function choose(
  { entities, skipped }: Extract<MetadataRead, { ok: true }>,
  entityId: string | null,
): Result<PartnerMetadata, Fault> {
  if (entityId !== null) {
    const found = entities.find((entity) => entity.entityId === entityId);
    if (found !== undefined) return success(found);
    const unusable = skipped.find((entity) => entity.entityId === entityId);
    if (unusable !== undefined) {
      return failure(faultOfRefusal(unusable.refusal, unusable.detail));
    }
    return failure({
      problem: `does not describe ${entityId}`,
      remedy: `Correct entity_id. ${listed(entities)}`,
    });
  }
  const [only, ...others] = entities;
  if (only !== undefined && others.length === 0) return success(only);
  return failure({
    problem: `describes ${entities.length} service providers that can be used`,
    remedy: `Say by entity_id which one is meant. ${listed(entities)}`,
  });
}

function listed(entities: readonly PartnerMetadata[]): string {
  const shown = entities.slice(0, 10).map((entity) => entity.entityId);
  const more = entities.length > shown.length ? ' and others' : '';
  return shown.length === 0 ? '' : `There is ${shown.join(', ')}${more}.`;
}
