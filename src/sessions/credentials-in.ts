import type { FactorEvent } from './factor-event.js';

/** What has proved something: the credentials of these events, and those known to have been used before them. */
export interface Proofs {
  events: readonly Pick<FactorEvent, 'credential'>[];
  /** Absent in what holds nothing but its events. */
  credentialsUsed?: readonly string[];
}

/** Every credential that these proofs rest on or ever rested on, each once. */
export function credentialsIn({ events, credentialsUsed = [] }: Proofs): readonly string[] {
  return [
    ...new Set([...credentialsUsed, ...events.flatMap(({ credential }) => credential ?? [])]),
  ];
}
