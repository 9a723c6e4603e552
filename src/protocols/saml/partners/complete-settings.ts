import { readFile, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { ConfigurationProblem } from '../../../config/configuration-problem.js';
import { failure, success, type Result } from '../../../kernel/result.js';
import type { DocumentPlace } from '../../../relying-parties/relying-party-document.js';
import type { PartnerMetadata } from '../../../saml-core/metadata.js';
import type { SamlSettings, WrittenSamlSettings } from '../saml-settings.js';
import type { Fault } from './fault.js';
import { microsoftMetadata } from './microsoft-metadata.js';
import { certificatesIn } from './pinned-certificates.js';
import { mostMetadataBytes, readPartner } from './read-partner.js';
import { settingFaults } from './setting-faults.js';

type FileKey = 'metadata_file' | 'metadata_certificate_file';

const fileKeys: readonly FileKey[] = ['metadata_file', 'metadata_certificate_file'];

/** Absolute paths of the files that settings name; paths are relative to the file that names them. */
export function filesOfSettings(settings: unknown, namedIn: string): string[] {
  return fileKeys.flatMap((key) => {
    const written = (settings as WrittenSamlSettings)[key];
    return written === undefined ? [] : [resolve(dirname(namedIn), written)];
  });
}

/**
 * Reads what the settings of a service provider refer to.
 * @param now what the metadata must still be valid at, in milliseconds since the epoch
 */
export async function completeSettings(
  settings: WrittenSamlSettings,
  at: DocumentPlace,
  now: number,
): Promise<Result<SamlSettings, ConfigurationProblem[]>> {
  const refused = (key: keyof WrittenSamlSettings | null, faults: readonly Fault[]) =>
    failure(faults.map((fault) => problemAt(at, key, settings, fault)));
  const { metadata_file: file, metadata_certificate_file: certificateFile, ...rest } = settings;
  if (at.file === null) {
    const named = fileKeys.find((key) => settings[key] !== undefined);
    if (named !== undefined) return refused(named, [noFilesHere]);
  }
  const certificate =
    certificateFile === undefined
      ? success(settings.metadata_certificate)
      : await read(certificateFile, at);
  if (!certificate.ok) return refused('metadata_certificate_file', [certificate.failure]);
  const pem = certificate.value?.toString();
  const pinned = pem === undefined ? null : certificatesIn(pem);
  if (pem !== undefined && pinned === null) {
    const key =
      certificateFile === undefined ? 'metadata_certificate' : 'metadata_certificate_file';
    return refused(key, [noCertificate]);
  }
  const complete = (metadata: PartnerMetadata | null): SamlSettings => ({
    ...settings,
    ...(pem === undefined ? {} : { metadata_certificate: pem }),
    metadata,
  });
  if (file === undefined) {
    if (at.file !== null && rest.metadata_url === undefined) return refused(null, [noSource]);
    if (at.file === null && rest.entity_id === undefined) return refused('entity_id', [noEntity]);
    return success(complete(rest.profile === undefined ? null : microsoftMetadata));
  }
  const xml = await read(file, at);
  if (!xml.ok) return refused('metadata_file', [xml.failure]);
  const accepted = await readPartner(xml.value, { now, pinned, entityId: rest.entity_id ?? null });
  if (!accepted.ok) return refused('metadata_file', accepted.failure);
  const { metadata } = accepted.value;
  const faults = settingFaults(settings, metadata);
  return faults.length > 0 ? refused('metadata_file', faults) : success(complete(metadata));
}

async function read(written: string, at: DocumentPlace): Promise<Result<Buffer, Fault>> {
  const path = resolve(dirname(at.file ?? ''), written);
  try {
    const { size } = await stat(path);
    if (size > mostMetadataBytes) {
      return failure({
        problem: `is a file of ${Math.ceil(size / 1024 / 1024)} MiB; at most 16 are read`,
        remedy: 'Take the metadata of the one service.',
      });
    }
    return success(await readFile(path));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') {
      return failure({ problem: 'is not there', remedy: `Put it at ${path}.` });
    }
    return failure({
      problem: `cannot be read: ${code ?? 'unknown reason'}`,
      remedy: 'Name a file that Drawbridge may read.',
    });
  }
}

function problemAt(
  { file, place }: DocumentPlace,
  key: keyof WrittenSamlSettings | null,
  settings: WrittenSamlSettings,
  fault: Fault,
): ConfigurationProblem {
  const value = key === null || key === 'metadata_certificate' ? undefined : settings[key];
  return {
    file,
    path: `${place}: saml${key === null ? '' : `.${key}`}`,
    ...(typeof value === 'string' ? { value } : {}),
    ...fault,
  };
}

const noSource: Fault = {
  problem: 'does not say where the metadata of the service is',
  remedy: 'Name a metadata_file, or a metadata_url.',
};
const noEntity: Fault = {
  problem: 'is missing',
  remedy: 'Import the service again: npx drawbridge rp import',
};
const noFilesHere: Fault = {
  problem: 'cannot be named here',
  remedy: 'Import the metadata: npx drawbridge rp import',
};
const noCertificate: Fault = {
  problem: 'holds no certificate that can be read',
  remedy: 'Give it as PEM, from -----BEGIN CERTIFICATE----- on.',
};
