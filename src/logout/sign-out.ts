import type { Session } from '../sessions/session.js';
import type { EndedSession } from '../sessions/end-session.js';
import type { AfterLogout } from './after-logout.js';
import type { BrowserVisitor } from './browser-visit.js';
import type { LookForService } from './look-for-service.js';
import { planStops, type PlannedStop } from './plan-stops.js';
import type { NewTour, TourStore } from './tour-store.js';

/** Ends a session, tells whom it can tell, and writes the audit row. */
export type EndSession = (
  session: Session,
  clientAddress: string,
  asker?: string | null,
) => Promise<EndedSession>;

export interface SignOutRequest {
  /** The session of the browser that asks; `null` when it has none, or one that is over already. */
  current: Session | null;
  /** The person's sessions in other browsers, when they are to end as well. */
  others?: readonly Session[];
  /** Ties the rest of the way to this browser. */
  browserSecret: string;
  clientAddress: string;
  /** Key of the participant that asked; it is not told, it is answered. */
  asker?: string | null;
  after: AfterLogout;
}

export interface SignOutResult {
  /** Complete path or URL: where the browser goes now. */
  to: string;
  /** Whether it will leave for other sites on the way, which the page with the form may not allow. */
  leaves: boolean;
}

/**
 * Ends sessions everywhere, in whichever protocol they were used. Everybody who can be told without the browser has
 * been when this returns; the browser is sent around only for the rest, or to be told who could not be reached.
 */
export type SignOut = (request: SignOutRequest) => Promise<SignOutResult>;

export function createSignOut(deps: {
  endSession: EndSession;
  visitors: ReadonlyMap<string, BrowserVisitor>;
  lookForService: LookForService;
  tours: Pick<TourStore, 'begin'>;
  path: (path: string) => string;
}): SignOut {
  return async (request) => {
    const { current, others = [], clientAddress, asker = null, after } = request;
    const sessions = [...(current === null ? [] : [current]), ...others];
    const [person] = sessions.map((session) => session.person);
    const ended = await Promise.all(
      sessions.map((one) => deps.endSession(one, clientAddress, one === current ? asker : null)),
    );
    const planned = planStops(
      ended.flatMap(({ toVisit }) => toVisit),
      deps.visitors,
    );
    const { stops, absent } = await looked(planned.stops, deps.lookForService);
    const unreached = new Set([
      ...ended.flatMap((one) => one.unreached),
      ...planned.unreached,
      ...absent,
    ]);
    const direct = directWay(after, deps.path);
    const nothingMore = stops.length === 0 && unreached.size === 0;
    if (person === undefined || (nothingMore && direct !== null)) {
      return { to: direct ?? deps.path(DONE_PATH), leaves: after.kind !== 'page' };
    }
    const tour: NewTour = {
      person,
      session: current?.id ?? null,
      told: [...new Set(ended.flatMap(({ told }) => told))],
      unreached: [...unreached],
      stops,
      after,
      everywhere: request.others !== undefined,
    };
    const handle = await deps.tours.begin(tour, request.browserSecret);
    return {
      to: deps.path(tourPath(handle)),
      leaves: stops.length > 0 || (unreached.size === 0 && after.kind !== 'page'),
    };
  };
}

/** The page of ours that says that it is done. */
export const DONE_PATH = '/logout/done';

export const tourPath = (handle: string): string => `/logout/services/${handle}`;

/** Where to without any more work; `null` when an answer has to be made. */
function directWay(after: AfterLogout, path: (path: string) => string): string | null {
  switch (after.kind) {
    case 'page':
      return path(after.path);
    case 'url':
      return after.url;
    case 'answer':
      return null;
  }
}

/** All at once, so that ten services that are silent cost no more time than one. */
async function looked(
  planned: readonly PlannedStop[],
  lookForService: LookForService,
): Promise<{ stops: NewTour['stops']; absent: string[] }> {
  const found = await Promise.all(
    planned.map(async (stop) => ({ ...stop, answers: await lookForService(stop.address) })),
  );
  return {
    stops: found.flatMap(({ key, participants, answers }) =>
      answers === 'no'
        ? []
        : [{ key, participants, answers, state: 'waiting' as const, messageId: null }],
    ),
    absent: found.filter(({ answers }) => answers === 'no').map(({ key }) => key),
  };
}
