import type { ConfigurationProblem } from '../config/configuration-problem.js';
import type { DocumentPlace, ProtocolSection } from './relying-party-document.js';
import type { RelyingParty } from './relying-party.js';

/** Sees to it that no two relying parties share an id, nor a name their protocol knows them by. */
export class UniqueNames {
  readonly #owners = new Map<string, string>();

  /** Takes the names of a document (variables put in); answers with those that were taken before. */
  claim(
    document: unknown,
    sections: readonly ProtocolSection[],
    at: DocumentPlace,
  ): ConfigurationProblem[] {
    if (!isRecord(document)) return [];
    const section = sections.find(({ protocol }) => protocol === document['protocol']);
    const settings = section === undefined ? undefined : document[section.key];
    const names: [path: string, value: unknown][] = [['id', document['id']]];
    if (section !== undefined && isRecord(settings)) {
      for (const key of section.uniqueKeys ?? ['client_id']) {
        names.push([`${section.key}.${key}`, settings[key]]);
      }
    }
    return names.flatMap(([path, value]) => this.#claimOne(path, value, at));
  }

  /** Takes the names that only complete settings hold. */
  claimCompleted(
    { settings }: RelyingParty,
    section: ProtocolSection,
    at: DocumentPlace,
  ): ConfigurationProblem[] {
    const names = Object.entries(section.uniqueNames?.(settings) ?? {});
    return names.flatMap(([key, value]) => this.#claimOne(`${section.key}.${key}`, value, at));
  }

  /** Takes all names of a relying party that is read and complete. */
  claimParty(
    party: RelyingParty,
    section: ProtocolSection,
    at: DocumentPlace,
  ): ConfigurationProblem[] {
    const { id, protocol, settings } = party;
    const document = { id, protocol, [section.key]: settings };
    return [...this.claim(document, [section], at), ...this.claimCompleted(party, section, at)];
  }

  #claimOne(path: string, value: unknown, { file, place }: DocumentPlace): ConfigurationProblem[] {
    if (typeof value !== 'string') return [];
    const name = JSON.stringify([path, value]);
    const owner = this.#owners.get(name);
    if (owner === undefined) {
      this.#owners.set(name, file === null ? place : `${place} in ${file}`);
      return [];
    }
    return [
      {
        file,
        path: `${place}: ${path}`,
        value,
        problem: `is taken by ${owner}`,
        remedy: 'Give each relying party its own, and remove copies of a file.',
      },
    ];
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}
