import type { Configuration } from '../config/configuration.js';
import { sessionEnded } from '../audit/events/session-events.js';
import type { LogoutAnswerer } from '../logout/after-logout.js';
import type { BrowserVisitor } from '../logout/browser-visit.js';
import { createLookForService } from '../logout/look-for-service.js';
import { createSignOut, type EndSession } from '../logout/sign-out.js';
import { createTourPages, type TourPagesDeps } from '../logout/tour-pages.js';
import { TourStore } from '../logout/tour-store.js';
import { createSessionEnder, type ParticipantEnder } from '../sessions/end-session.js';
import { createNoteEnd } from '../sessions/ended-sessions.js';
import type { SessionStore } from '../sessions/session-store.js';
import type { Edge } from './edge.js';
import type { Foundations } from './foundations.js';

/** Looking for services delays a browser's way past them by so much at most. */
const LOOK_FOR_MS = 1_000;

/** The end of sessions. Protocols enter what it means for them into `enders`, `visitors` and `answerers`. */
export function createLogoutParts(
  { publicUrl }: Pick<Configuration, 'publicUrl'>,
  base: Foundations,
  edge: Edge,
  parts: Pick<TourPagesDeps, 'clientAddress' | 'registry'> & { sessions: SessionStore },
) {
  const enders = new Map<string, ParticipantEnder>();
  const visitors = new Map<string, BrowserVisitor>();
  const answerers = new Map<string, LogoutAnswerer>();
  const endQuietly = createSessionEnder({
    noteEnd: createNoteEnd(base.database),
    sessions: parts.sessions,
    enders,
  });
  const endSession: EndSession = async (session, clientAddress, asker) => {
    const ended = await endQuietly(session, asker);
    const { unreached } = ended;
    const toVisit = ended.toVisit.map(({ key }) => key);
    const about = { person: session.person, clientAddress };
    await base.audit.record(sessionEnded(about, { session: session.id, unreached, toVisit }));
    return ended;
  };
  const tours = new TourStore(base);
  const signOut = createSignOut({
    endSession,
    visitors,
    tours,
    path: (path) => publicUrl.path(path),
  });
  const tourPages = createTourPages({
    ...base,
    ...edge,
    ...parts,
    answerers,
    lookForService: createLookForService(LOOK_FOR_MS),
    publicUrl,
    tours,
    visitors,
  });
  return { answerers, enders, endSession, signOut, tourPages, tours, visitors };
}
