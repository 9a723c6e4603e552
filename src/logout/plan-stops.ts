import type { Participant } from '../sessions/session.js';
import type { BrowserVisitor } from './browser-visit.js';
import type { Stop } from './tour.js';

const untouched = { answers: null, state: 'waiting', messageId: null } as const;

/**
 * Whom the browser is sent to: once to each service, this browser's own session first in line. What a service knows of
 * other sessions goes along where one message can say both; where not, the service would have to be visited in the
 * name of somebody it does not know in this browser, so that is reported instead.
 * @param toVisit in order of importance; who may keep the browser comes behind the others all the same
 */
export function planStops(
  toVisit: readonly { key: string; participant: Participant }[],
  visitors: ReadonlyMap<string, BrowserVisitor>,
): { stops: Stop[]; unreached: string[] } {
  const stops = new Map<string, Stop>();
  const unreached = new Set<string>();
  for (const { key, participant } of toVisit) {
    const visitor = visitors.get(participant.protocol);
    const address = visitor?.addressOf(participant) ?? null;
    const known = stops.get(key);
    if (visitor === undefined || address === null) unreached.add(key);
    else if (known === undefined)
      stops.set(key, { ...untouched, key, participants: [participant] });
    else if (visitor.areOne(known.participants[0], participant)) {
      stops.set(key, { ...known, participants: [...known.participants, participant] });
    } else unreached.add(key);
  }
  const isLast = ({ participants: [one] }: Stop) =>
    visitors.get(one.protocol)?.comesLast?.(one) === true;
  const all = [...stops.values()];
  return {
    stops: [...all.filter((stop) => !isLast(stop)), ...all.filter(isLast)],
    unreached: [...unreached],
  };
}
