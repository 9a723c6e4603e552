import { readFile } from 'node:fs/promises';
import { checkDocument } from '../config/checked-document.js';
import type { ConfigurationProblem } from '../config/configuration-problem.js';
import { filesMatching } from '../config/file-patterns.js';
import { interpolate } from '../config/interpolate.js';
import { nearestKey } from '../config/nearest-key.js';
import { readYamlDocuments } from '../config/yaml-documents.js';
import { failure, success, type Result } from '../kernel/result.js';
import { expandProfile } from './microsoft-365/expand-profile.js';
import { UniqueNames } from './unique-names.js';
import {
  completeParty,
  documentSchema,
  readDocument,
  type PolicyDefaults,
  type ProtocolSection,
} from './relying-party-document.js';
import type { RelyingParty } from './relying-party.js';

type Read<Value> = Result<Value, ConfigurationProblem[]>;

/**
 * Reads the relying parties of all files that match the (absolute) patterns. Every document of every file is checked
 * before the answer, so that all problems come at once; one problem anywhere refuses them all.
 */
export async function readRelyingPartyFiles(
  patterns: readonly string[],
  env: NodeJS.ProcessEnv,
  sections: readonly ProtocolSection[],
  defaults: PolicyDefaults = { factors: 2, maxAge: null },
): Promise<Read<RelyingParty[]>> {
  return (await readWithFurtherFiles(patterns, env, sections, defaults)).read;
}

/** The same, and which further files the documents refer to, whether they could be read or not. */
export async function readWithFurtherFiles(
  patterns: readonly string[],
  env: NodeJS.ProcessEnv,
  sections: readonly ProtocolSection[],
  defaults: PolicyDefaults,
): Promise<{ read: Read<RelyingParty[]>; furtherFiles: string[] }> {
  const parties: RelyingParty[] = [];
  const problems: ConfigurationProblem[] = [];
  const names = new UniqueNames();
  const furtherFiles = new Set<string>();
  const { files, missing } = await relyingPartyFiles(patterns);
  problems.push(...missing.map(missingFile));
  for (const file of files) {
    const documents = await readFileDocuments(file);
    if (!documents.ok) {
      problems.push(...documents.failure);
      continue;
    }
    const expanded = documents.value.flatMap((written, index) => {
      const documentsOfOne = expandProfile(written, { file, env, place: placeOf(written, index) });
      if (documentsOfOne.ok) {
        const profileId = profileIdOf(written);
        return documentsOfOne.value.map((document) => ({ document, profileId }));
      }
      problems.push(...documentsOfOne.failure);
      return [];
    });
    for (const [index, { document: written, profileId }] of expanded.entries()) {
      const place = placeOf(written, index);
      const checked = checkParty(written, { file, place, env, sections, defaults });
      problems.push(...names.claim(interpolate(written, env).value, sections, { file, place }));
      if (!checked.ok) {
        problems.push(...checked.failure);
        continue;
      }
      const { party, section } = checked.value;
      for (const one of section.files?.(party.settings, file) ?? []) furtherFiles.add(one);
      const completed = await completeParty(party, section, { file, place });
      if (!completed.ok) {
        problems.push(...completed.failure);
        continue;
      }
      parties.push({ ...completed.value, ...profileId });
      problems.push(...names.claimCompleted(completed.value, section, { file, place }));
    }
  }
  const read = problems.length > 0 ? failure(problems) : success(parties);
  return { read, furtherFiles: [...furtherFiles] };
}

function profileIdOf(written: unknown): { profileId?: string } {
  if (written === null || typeof written !== 'object') return {};
  if (!('profile' in written) || !('id' in written)) return {};
  return { profileId: String(written.id) };
}

/** The files now matching, each once, and the patterns without `*` that name a file which is not there. */
export async function relyingPartyFiles(
  patterns: readonly string[],
): Promise<{ files: string[]; missing: string[] }> {
  const files = new Set<string>();
  const missing: string[] = [];
  for (const pattern of patterns) {
    const found = await filesMatching(pattern);
    if (found.length === 0 && !pattern.includes('*')) missing.push(pattern);
    for (const file of found) files.add(file);
  }
  return { files: [...files], missing };
}

function missingFile(file: string): ConfigurationProblem {
  const remedy = 'Create it, or correct relying_parties in drawbridge.yaml.';
  return { file, path: '', problem: 'is not there', remedy };
}

async function readFileDocuments(file: string): Promise<Read<unknown[]>> {
  let content: string;
  try {
    content = await readFile(file, 'utf8');
  } catch (error) {
    const problem = `cannot be read: ${(error as NodeJS.ErrnoException).code ?? 'unknown reason'}`;
    return failure([{ file, path: '', problem, remedy: 'Correct its permissions.' }]);
  }
  const documents = readYamlDocuments(content, file);
  if (!documents.ok || documents.value.length > 0) return documents;
  // Also what a file looks like while an editor is writing it.
  const remedy = 'Describe a relying party in it, or remove the file.';
  return failure([{ file, path: '', problem: 'describes no relying party', remedy }]);
}

function checkParty(
  written: unknown,
  source: {
    file: string;
    place: string;
    env: NodeJS.ProcessEnv;
    sections: readonly ProtocolSection[];
    defaults: PolicyDefaults;
  },
): Read<{ party: RelyingParty; section: ProtocolSection }> {
  const { file, place, env, sections, defaults } = source;
  const protocol: unknown = valueOf(interpolate(written, env).value, 'protocol');
  const section = sections.find((candidate) => candidate.protocol === protocol) ?? null;
  const checked = checkDocument(documentSchema(section), written, { file, env, place });
  const problems = checked.ok ? [] : checked.failure;
  if (section === null && typeof protocol === 'string') {
    problems.push({
      file,
      path: `${place}: protocol`,
      value: protocol,
      problem: 'is not supported',
      remedy: suggestProtocol(protocol, sections),
    });
  }
  if (!checked.ok || section === null) return failure(problems);
  return success({ party: readDocument(checked.value, section, defaults), section });
}

function suggestProtocol(written: string, sections: readonly ProtocolSection[]): string {
  const supported = sections.map(({ protocol }) => protocol);
  const nearest = nearestKey(written, supported);
  const hint = nearest === null ? '' : `Did you mean ${nearest}? `;
  return `${hint}Supported: ${supported.join(', ')}.`;
}

function placeOf(written: unknown, index: number): string {
  const id = valueOf(written, 'id');
  return typeof id === 'string' && /^[a-z0-9-]{1,64}$/.test(id) ? id : `document ${index + 1}`;
}

function valueOf(written: unknown, key: string): unknown {
  return written !== null && typeof written === 'object' && Object.hasOwn(written, key)
    ? (written as Record<string, unknown>)[key]
    : undefined;
}
