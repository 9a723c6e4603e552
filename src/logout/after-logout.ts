import type { BrowserVisit } from './browser-visit.js';

/** Where a browser goes when everybody has been told. JSON: it is kept while the browser is on its way. */
export type AfterLogout =
  /** A page of ours; path without the mount path. */
  | { kind: 'page'; path: string }
  /** An address that has been checked against the registration of whoever asked. */
  | { kind: 'url'; url: string; relyingParty: string | null }
  /** The answer of a protocol to the message that asked. */
  | {
      kind: 'answer';
      protocol: string;
      relyingParty: string;
      state: Readonly<Record<string, string | null>>;
    };

/**
 * Makes the answer of a protocol; registered per protocol by `server/`. `null` when there is nowhere to send it, and
 * the browser stays on a page of ours.
 */
export type LogoutAnswerer = (
  state: Readonly<Record<string, string | null>>,
  outcome: { everybodyTold: boolean },
) => Promise<BrowserVisit | null>;
