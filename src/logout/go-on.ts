import type { AuditLog } from '../audit/audit-log.js';
import { logoutCompleted } from '../audit/events/session-events.js';
import type { BrowserVisit, BrowserVisitor } from './browser-visit.js';
import type { Answers, LookForService } from './look-for-service.js';
import { MOST_ATTEMPTS, type StoredTour, type TourStore } from './tour-store.js';
import {
  giveUpSent,
  markLooked,
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
  lookForService: LookForService;
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
  const found = new Map<string, Answers>();
  for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt += 1) {
    const current = await deps.tours.find(handle, browserSecret);
    if (current === null) return null;
    await look(deps, current.tour, found);
    const step = await tryStep(deps, handle, current, found, clientAddress);
    if (step !== null) return step;
  }
  return null;
}

/**
 * At the first step, all at once, so that ten services that are silent cost no more time than one. Not when the tour
 * begins: a browser that asks twice meanwhile would find neither its session nor its tour.
 */
async function look(
  { lookForService, visitors }: GoOnDeps,
  { stops }: TourRecord,
  found: Map<string, Answers>,
): Promise<void> {
  const unknown = stops.filter(({ key, answers, state }) => {
    return state === 'waiting' && answers === null && !found.has(key);
  });
  await Promise.all(
    unknown.map(async ({ key, participants: [one] }) => {
      const address = visitors.get(one.protocol)?.addressOf(one) ?? null;
      found.set(key, address === null ? 'no' : await lookForService(address));
    }),
  );
}

/** `null` when another request of this browser went on meanwhile. */
async function tryStep(
  deps: GoOnDeps,
  handle: string,
  current: StoredTour,
  found: ReadonlyMap<string, Answers>,
  clientAddress: string,
): Promise<TourStep | null> {
  let tour = markLooked(giveUpSent(current.tour), found);
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
