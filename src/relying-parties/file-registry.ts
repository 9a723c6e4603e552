import { isDeepStrictEqual } from 'node:util';
import type { ConfigurationProblem } from '../config/configuration-problem.js';
import { success, type Result } from '../kernel/result.js';
import { fingerprintOf } from './file-fingerprint.js';
import type { PolicyDefaults, ProtocolSection } from './relying-party-document.js';
import { readWithFurtherFiles, relyingPartyFiles } from './relying-party-files.js';
import type { RelyingPartyRegistry } from './relying-party.js';
import { createReplaceableRegistry, type RegistryDifference } from './replaceable-registry.js';

export interface FileRegistryDeps {
  /** Absolute, with `*` for any part of a name. */
  patterns: readonly string[];
  env: NodeJS.ProcessEnv;
  sections: readonly ProtocolSection[];
  defaults: PolicyDefaults;
  /** The files are bad now; the relying parties in force stay. Called once for each state of the files. */
  onRefused(problems: ConfigurationProblem[]): void;
  onReloaded(difference: RegistryDifference): void;
  /** A listener threw, or the files could not be looked at. Must not throw itself. */
  onError(error: unknown): void;
  /** Milliseconds between two looks at the files. */
  interval?: number;
}

export interface FileRegistry extends RelyingPartyRegistry {
  /** Reads the files now if they differ from what is in force, without waiting for the next look. */
  reload(): Promise<void>;
  close(): void;
}

/** The second reading knows all files, unless somebody writes others in just then; the next look sees that. */
const mostReadings = 3;

/**
 * The relying parties of a set of files, read again when the files change. A change counts once two looks in a row
 * saw the same, so that a file caught half written is not taken for a finished one.
 */
export async function createFileRegistry(
  deps: FileRegistryDeps,
): Promise<Result<FileRegistry, ConfigurationProblem[]>> {
  const { patterns, env, sections, defaults, interval = 250 } = deps;
  // Named by the documents, hence known only once these have been read.
  let furtherFiles: readonly string[] = [];
  const look = async () =>
    await fingerprintOf([...(await relyingPartyFiles(patterns)).files, ...furtherFiles]);
  const read = async () => {
    for (let tries = 1; ; tries += 1) {
      // Taken before reading: what is written meanwhile is seen as a change later.
      const fingerprint = await look();
      const known = furtherFiles;
      const found = await readWithFurtherFiles(patterns, env, sections, defaults);
      furtherFiles = found.furtherFiles;
      if (isDeepStrictEqual(known, furtherFiles) || tries === mostReadings) {
        return { fingerprint, result: found.read };
      }
    }
  };

  const initial = await read();
  if (!initial.result.ok) return initial.result;
  let handled = initial.fingerprint;

  const guarded = (callback: () => void) => {
    try {
      callback();
    } catch (error) {
      deps.onError(error);
    }
  };
  const registry = createReplaceableRegistry(initial.result.value, (error) => deps.onError(error));

  const load = async (fingerprint: string): Promise<void> => {
    if (fingerprint === handled) return;
    const { fingerprint: readAt, result } = await read();
    handled = readAt;
    if (!result.ok) {
      guarded(() => deps.onRefused(result.failure));
      return;
    }
    const difference = registry.replace(result.value);
    guarded(() => deps.onReloaded(difference));
  };
  // One at a time: two loads side by side could put the older state in force last.
  let running: Promise<void> = Promise.resolve();
  const queued = (step: () => Promise<void>): Promise<void> => {
    running = running.then(step).catch((error: unknown) => deps.onError(error));
    return running;
  };

  let seen = handled;
  const tick = async (): Promise<void> => {
    const fingerprint = await look();
    if (fingerprint === seen) await load(fingerprint);
    seen = fingerprint;
  };
  let timer: NodeJS.Timeout;
  let closed = false;
  const schedule = () => {
    if (closed) return;
    timer = setTimeout(() => void queued(tick).then(schedule), interval);
    timer.unref();
  };
  schedule();

  return success({
    byId: (id) => registry.byId(id),
    ofProtocol: (protocol) => registry.ofProtocol(protocol),
    all: () => registry.all(),
    onChange: (listener) => registry.onChange(listener),
    reload: () => queued(async () => await load(await look())),
    close() {
      closed = true;
      clearTimeout(timer);
    },
  });
}
