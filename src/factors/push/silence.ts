import type { PersonId } from '../../directory/person.js';
import type { Challenge } from './challenge.js';

/** Where is kept until when one kind of browser makes no phone of this person ring. */
export const silenceKey = (person: PersonId, knownBrowser: boolean): string =>
  `push-silence:${person}:${knownBrowser ? 'known' : 'other'}`;

/**
 * What "it isn't me" silences. A request from a browser that is not known silences those: the owner's own go on, or somebody with the
 * password could have the owner switch push off for themselves. One from a known browser silences all.
 */
export const silencedBy = ({ person, knownBrowser }: Challenge): string[] =>
  (knownBrowser ? [true, false] : [false]).map((known) => silenceKey(person, known));
