import type { Request, Response } from 'express';
import type { PublicUrl } from '../config/public-url.js';
import type { Sealer } from '../keys/sealer.js';
import type { RelyingPartyRegistry } from '../relying-parties/relying-party.js';
import type { PageSender } from '../web/send-page.js';

/** What the page after signing out tells. */
export interface Farewell {
  everywhere: boolean;
  /** Participants (`<protocol>:<relying party>`) that could not be told. */
  unreached: readonly string[];
}

const context = 'account-signed-out';
const nothing: Farewell = { everywhere: false, unreached: [] };

/** Sealed, because nobody else may put words on a page of ours. */
export function signedOutPath(sealer: Sealer, farewell: Farewell): string {
  if (!farewell.everywhere && farewell.unreached.length === 0) return '/account/signed-out';
  const note = sealer.seal(Buffer.from(JSON.stringify(farewell)), context);
  return `/account/signed-out?note=${encodeURIComponent(note)}`;
}

export function showSignedOut(
  deps: {
    pages: PageSender;
    publicUrl: PublicUrl;
    registry: Pick<RelyingPartyRegistry, 'byId'>;
    sealer: Sealer;
  },
  request: Request,
  response: Response,
): void {
  const { everywhere, unreached } = readNote(deps.sealer, request.query['note']);
  deps.pages.send(request, response, 'logout/signed-out', {
    service: null,
    returnUrl: null,
    signInUrl: deps.publicUrl.path('/'),
    unreached: unreached.map((participant) => {
      const id = participant.slice(participant.indexOf(':') + 1);
      return deps.registry.byId(id)?.name ?? id;
    }),
    everywhere,
  });
}

function readNote(sealer: Sealer, note: unknown): Farewell {
  if (typeof note !== 'string') return nothing;
  try {
    return JSON.parse(sealer.open(note, context).toString()) as Farewell;
  } catch {
    return nothing;
  }
}
