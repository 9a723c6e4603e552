import { isDeepStrictEqual } from 'node:util';
import type { ConfigurationProblem } from '../../config/configuration-problem.js';
import type { ChangeFeed } from '../../storage/sql/change-feed.js';
import { followChanges } from '../../storage/sql/follow-changes.js';
import type { SqlDatabase } from '../../storage/sql/sql-database.js';
import type { RelyingParty, RelyingPartyRegistry } from '../relying-party.js';
import { createReplaceableRegistry } from '../replaceable-registry.js';
import { UniqueNames } from '../unique-names.js';
import {
  placeOfRegistered,
  readRegistered,
  type ReadRegistered,
  type ReadRegisteredDeps,
} from './read-registered.js';
import { registeredParties, registeredPartiesTopic } from './registered-parties.js';

export interface LayeredRegistryDeps extends ReadRegisteredDeps {
  /** What comes first: an id or name that is taken there is not to be had in the database. */
  files: RelyingPartyRegistry;
  database: SqlDatabase;
  changeFeed: Pick<ChangeFeed, 'subscribe'>;
  /** Rows that are not in force now, and why; called when that changes, with none when all are. */
  onSkipped(problems: readonly ConfigurationProblem[]): void;
  /** The rows could not be read, which is tried again, or a listener threw. Must not throw itself. */
  onError(error: unknown): void;
}

export interface LayeredRegistry extends RelyingPartyRegistry {
  /** Reads the rows now, without waiting for the change feed. */
  refresh(): Promise<void>;
  close(): void;
}

/**
 * The relying parties of the files with those of the database behind them. A row that is bad, or whose name is taken,
 * is left out and takes nobody else with it.
 */
export async function createLayeredRegistry(deps: LayeredRegistryDeps): Promise<LayeredRegistry> {
  const { files, database, onError } = deps;
  const registry = createReplaceableRegistry(files.all(), onError);
  let read: ReadRegistered[] = [];
  let unreadable: ConfigurationProblem[] = [];
  let told: readonly ConfigurationProblem[] = [];

  const merge = (): void => {
    const { parties, problems } = layered(files.all(), read, deps);
    registry.replace(parties);
    const skipped = [...unreadable, ...problems];
    if (isDeepStrictEqual(skipped, told)) return;
    told = skipped;
    try {
      deps.onSkipped(skipped);
    } catch (error) {
      onError(error);
    }
  };
  const followed = followChanges({
    ...deps,
    topic: registeredPartiesTopic,
    async load() {
      const rows = await registeredParties(database.db);
      const results = await Promise.all(rows.map((row) => readRegistered(row, deps)));
      read = results.flatMap((result) => (result.ok ? [result.value] : []));
      unreadable = results.flatMap((result) => (result.ok ? [] : result.failure));
      merge();
    },
  });
  await followed.refresh();
  const stop = files.onChange(merge);
  merge();
  return {
    byId: (id) => registry.byId(id),
    ofProtocol: (protocol) => registry.ofProtocol(protocol),
    all: () => registry.all(),
    onChange: (listener) => registry.onChange(listener),
    refresh: () => followed.refresh(),
    close() {
      stop();
      followed.close();
    },
  };
}

/** Puts those of the database behind those of the files, and says of each that is left out which name was taken. */
export function layered(
  inFiles: readonly RelyingParty[],
  registered: readonly ReadRegistered[],
  { sections }: Pick<ReadRegisteredDeps, 'sections'>,
): { parties: RelyingParty[]; problems: ConfigurationProblem[] } {
  const names = new UniqueNames();
  for (const party of inFiles) {
    const section = sections.find(({ protocol }) => protocol === party.protocol);
    if (section !== undefined) {
      names.claimParty(party, section, { file: null, place: `${party.id}, which is in a file` });
    }
  }
  const parties = [...inFiles];
  const problems: ConfigurationProblem[] = [];
  for (const { party, section } of registered) {
    const at = { file: null, place: placeOfRegistered(party.id) };
    const taken = names.claimParty(party, section, at);
    if (taken.length === 0) parties.push(party);
    problems.push(...taken);
  }
  return { parties, problems };
}
