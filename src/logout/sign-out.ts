import type { Session } from '../sessions/session.js';
import type { EndedSession } from '../sessions/end-session.js';
import type { AfterLogout } from './after-logout.js';
import type { BrowserVisitor } from './browser-visit.js';
import { planStops } from './plan-stops.js';
import type { NewTour, TourStore } from './tour-store.js';

/** Ends a session, tells whom it can tell, and writes the audit row. */
export type EndSession = (
  session: Session,
  clientAddress: string,
  asker?: string | null,
) => Promise<EndedSession>;

export interface SignOutRequest {
  /**
   * The session of the browser that asks; `null` when it has none. The tour that an earlier request of this browser has
   * begun goes on then.
   */
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
  tours: Pick<TourStore, 'begin' | 'resume'>;
  path: (path: string) => string;
}): SignOut {
  return async (request) => {
    const { current, others = [], clientAddress, asker = null, after } = request;
    const sessions = [...(current === null ? [] : [current]), ...others];
    const [first] = sessions;
    if (first === undefined) {
      const handle = await deps.tours.resume(request.browserSecret, after, asker);
      if (handle !== null) return { to: deps.path(tourPath(handle)), leaves: true };
      const to = directWay(after, deps.path) ?? deps.path(DONE_PATH);
      return { to, leaves: after.kind !== 'page' };
    }
    const ended = await Promise.all(
      sessions.map((one) => deps.endSession(one, clientAddress, one === current ? asker : null)),
    );
    const { stops, unreached: strangers } = planStops(
      ended.flatMap(({ toVisit }) => toVisit),
      deps.visitors,
    );
    const unreached = new Set([...ended.flatMap((one) => one.unreached), ...strangers]);
    const direct = directWay(after, deps.path);
    const nothingMore = stops.length === 0 && unreached.size === 0;
    if (nothingMore && direct !== null) return { to: direct, leaves: after.kind !== 'page' };
    const tour: NewTour = {
      person: first.person,
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
