import type { TextKey } from '../locale/choose-locale.js';
import { RequestFailed } from '../requests/request-failed.js';

/** How a request can end for the person who looks at it. */
export type Ending = 'approved' | 'denied' | 'not-me' | 'over' | 'killed' | 'unclear' | 'locked';

/** What a failed answer means: the end of the request, or something to tell while it goes on. */
export function endingOf(error: unknown): { ended: Ending | null; text: TextKey | null } {
  // A profile that is gone takes its screen with it.
  if (!(error instanceof RequestFailed)) return { ended: null, text: 'approve.unsent' };
  switch (error.code) {
    case 'refused':
      return error.live
        ? { ended: null, text: 'approve.refused' }
        : { ended: 'killed', text: null };
    case 'locked':
      return { ended: 'locked', text: null };
    case 'not_found':
    case 'used':
      return { ended: 'over', text: null };
    case 'answer_lost':
      return { ended: 'unclear', text: null };
    case 'too_many':
      return { ended: null, text: 'approve.later' };
    default:
      return { ended: null, text: 'approve.unsent' };
  }
}
