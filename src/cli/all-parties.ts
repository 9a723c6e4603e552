import { describeProblem } from '../config/configuration-problem.js';
import { metadataRows, type MetadataRow } from '../protocols/saml/partners/metadata-rows.js';
import {
  partnersInForce,
  type PartnerState,
} from '../protocols/saml/partners/partners-in-force.js';
import { layered } from '../relying-parties/registered/layered-registry.js';
import { readRegistered } from '../relying-parties/registered/read-registered.js';
import { registeredParties } from '../relying-parties/registered/registered-parties.js';
import type { RelyingParty } from '../relying-parties/relying-party.js';
import type { PartyCommandParts } from './configured-parties.js';

/** Every relying party that a server would have in force, and why others are not. */
export interface AllParties {
  parties: { party: RelyingParty; from: 'file' | 'import' | 'registration' }[];
  /** Of the SAML services, by id. */
  states: ReadonlyMap<string, PartnerState>;
  metadata: ReadonlyMap<string, MetadataRow>;
  /** One text for each registered one that is left out. */
  skipped: string[];
}

export async function allParties(parts: PartyCommandParts): Promise<AllParties> {
  const { db } = parts.database;
  const rows = await registeredParties(db);
  const results = await Promise.all(rows.map((row) => readRegistered(row, parts)));
  const read = results.flatMap((result) => (result.ok ? [result.value] : []));
  const { parties, problems } = layered(parts.inFiles, read, parts);
  const metadata = new Map((await metadataRows(db)).map((row) => [row.relyingParty, row]));
  const saml = parties.filter(({ protocol }) => protocol === 'saml');
  const { states } = partnersInForce(saml, metadata);
  const origins = new Map(rows.map(({ id, origin }) => [id, origin]));
  const inFiles = new Set(parts.inFiles);
  const unreadable = results.flatMap((result) => (result.ok ? [] : result.failure));
  return {
    parties: parties.map((party) => ({
      party,
      from: inFiles.has(party) ? 'file' : (origins.get(party.id) ?? 'import'),
    })),
    states: new Map(states.map((state) => [state.id, state])),
    metadata,
    skipped: [...unreadable, ...problems].map(describeProblem),
  };
}

/** In a few words, and how old the metadata is. */
export function describeState(state: PartnerState, now: number): string {
  const { fetchedAt, validUntil, failingSince, problem } = state;
  const remarks: string[] = [];
  if (fetchedAt !== null) remarks.push(`metadata ${age(now - fetchedAt)} old`);
  if (validUntil !== null && validUntil <= now) remarks.push('EXPIRED');
  else if (validUntil !== null) remarks.push(`valid for ${age(validUntil - now)}`);
  if (failingSince !== null) remarks.push(`FAILING for ${age(now - failingSince)}`);
  if (problem !== null) remarks.push(`NOT IN FORCE: ${problem}`);
  return remarks.length === 0 ? 'in force' : remarks.join(', ');
}

function age(ms: number): string {
  const minutes = Math.max(0, Math.floor(ms / 60_000));
  if (minutes < 120) return `${minutes} min`;
  return minutes < 2 * 24 * 60
    ? `${Math.floor(minutes / 60)} h`
    : `${Math.floor(minutes / 1440)} d`;
}
