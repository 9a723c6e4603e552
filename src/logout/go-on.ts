import type { AuditLog } from '../audit/audit-log.js';
import { logoutCompleted } from '../audit/events/session-events.js';
import type { BrowserVisit, BrowserVisitor } from './browser-visit.js';
import { MOST_ATTEMPTS, type StoredTour, type TourStore } from './tour-store.js';
import {
  giveUpSent,
  markSent,
  markUnreached,
  nextStop,
  resultOf,
  type Stop,
  type TourRecord,
} from './tour.js';

/** What a tour comes to when the browser asks how to go on. */
export type TourStep =
  { kind: 'visit'; stop: Stop; visit: BrowserVisit } | { kind: 'over'; tour: TourRecord };

export interface GoOnDeps {
  audit: Pick<AuditLog, 'record'>;
  tours: Pick<TourStore, 'find' | 'change'>;
  visitors: ReadonlyMap<string, BrowserVisitor>;
}

/**
 * The next step of a browser's tour. Two requests at once never get the same stop.
 * @returns `null` when this browser has no such tour, or it is past its time
 */
export async function goOn(
  deps: GoOnDeps,
  handle: string,
  browserSecret: string | null,
  clientAddress: string,
): Promise<TourStep | null> {
  for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt += 1) {
    const current = await deps.tours.find(handle, browserSecret);
    if (current === null) return null;
    const step = await tryStep(deps, handle, current, clientAddress);
    if (step !== null) return step;
  }
  return null;
}

/** `null` when another request of this browser went on meanwhile. */
async function tryStep(
  deps: GoOnDeps,
  handle: string,
  current: StoredTour,
  clientAddress: string,
): Promise<TourStep | null> {
  let tour = giveUpSent(current.tour);
  for (let index = nextStop(tour); index !== -1; index = nextStop(tour)) {
    const stop = tour.stops[index] as Stop;
    const made = await visitOf(deps, stop, tour, handle);
    if (made === null) {
      tour = markUnreached(tour, index);
      continue;
    }
    const next = markSent(tour, index, made.messageId);
    const isOurs = await deps.tours.change(handle, current, next);
    return isOurs ? { kind: 'visit', stop, visit: made.visit } : null;
  }
  if (tour.over) return { kind: 'over', tour };
  const over = { ...tour, over: true };
  if (!(await deps.tours.change(handle, current, over))) return null;
  const { person, session } = over;
  const result = { session, ...resultOf(over) };
  await deps.audit.record(logoutCompleted({ person, clientAddress }, result));
  return { kind: 'over', tour: over };
}

/** A message that cannot be made keeps nobody else from being told. */
async function visitOf(
  { visitors }: GoOnDeps,
  { key, participants }: Stop,
  { person }: TourRecord,
  handle: string,
) {
  const visitor = visitors.get(participants[0].protocol);
  try {
    return (await visitor?.visit(participants, person, { handle, participant: key })) ?? null;
  } catch {
    return null;
  }
}
