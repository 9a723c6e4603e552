import type { PersonId } from '../directory/person.js';

/** What a host hands to the engine. */
export type SignInInput =
  | { kind: 'submit'; step: string; fields: Readonly<Record<string, string>> }
  | { kind: 'choose'; factor: string }
  /** Nothing was sent: has the factor been answered elsewhere? */
  | { kind: 'look' }
  | { kind: 'cancel' };

/** Facts about the other end of the line that the engine cannot know itself. */
export interface SignInCircumstances {
  clientAddress: string;
  userAgent: string;
  /** People this browser signed in before. */
  knownBrowserOf: readonly PersonId[];
  /** The second factor that was used here last; a preference, nothing more. */
  lastFactor?: string | null;
}
