import type { Request, Response } from 'express';
import type { PublicUrl } from '../config/public-url.js';
import type { Sealer } from '../keys/sealer.js';
import type { PageSender } from '../web/send-page.js';

const context = 'account-signed-out';

/** Sealed, because nobody else may put words on a page of ours. */
export function signedOutPath(sealer: Sealer, everywhere: boolean): string {
  if (!everywhere) return '/account/signed-out';
  const note = sealer.seal(Buffer.from('everywhere'), context);
  return `/account/signed-out?note=${encodeURIComponent(note)}`;
}

/** For those of whom nothing has to be reported; else `logout/` shows the same page. */
export function showSignedOut(
  deps: { pages: PageSender; publicUrl: PublicUrl; sealer: Sealer },
  request: Request,
  response: Response,
): void {
  deps.pages.send(request, response, 'logout/signed-out', {
    service: null,
    returnUrl: null,
    returnForm: null,
    signInUrl: deps.publicUrl.path('/'),
    reached: [],
    unreached: [],
    everywhere: saysEverywhere(deps.sealer, request.query['note']),
  });
}

function saysEverywhere(sealer: Sealer, note: unknown): boolean {
  if (typeof note !== 'string') return false;
  try {
    return sealer.open(note, context).toString() === 'everywhere';
  } catch {
    return false;
  }
}
