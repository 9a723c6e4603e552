import type { Participant, Session } from '../sessions/session.js';
import type { AfterLogout } from './after-logout.js';

/** A participant (or several that one message tells of) that the browser is sent to. */
export interface Stop {
  key: string;
  participants: readonly [Participant, ...Participant[]];
  /**
   * Whether it answered when it was looked for, `null` before that. Who did not is visited last, from a page that stays.
   */
  answers: 'yes' | 'unsure' | null;
  state: 'waiting' | 'sent' | 'reached' | 'unreached';
  /** Of the message that was sent last; its answer must name it. */
  messageId: string | null;
}

/** A browser's way past everybody whom only it can tell that sessions are over. JSON. */
export interface TourRecord {
  v: 1;
  /** Hash of the browser's secret: nobody else goes on with it. */
  browser: string;
  person: Session['person'];
  /** Public id of the session this browser had; `null` when it had none. */
  session: Session['id'] | null;
  /** Keys of participants that were told without the browser. */
  told: readonly string[];
  /** Keys of participants that could not be told, whatever the browser does. */
  unreached: readonly string[];
  stops: readonly Stop[];
  after: AfterLogout;
  /** All of the person's sessions have ended, not only this browser's. */
  everywhere: boolean;
  /** Milliseconds since the epoch. */
  expiresAt: number;
  /** The result has been written down. */
  over: boolean;
}

/** Whoever was sent the browser, did not answer, and sees it come back all the same, has not been reached. */
export function giveUpSent(tour: TourRecord): TourRecord {
  return withStops(tour, (stop) =>
    stop.state === 'sent' ? { ...stop, state: 'unreached' } : stop,
  );
}

/** Notes who answers. Where there is nobody the browser is not sent. */
export function markLooked(
  tour: TourRecord,
  found: ReadonlyMap<string, 'yes' | 'no' | 'unsure'>,
): TourRecord {
  return withStops(tour, (stop) => {
    const answers = found.get(stop.key);
    if (stop.answers !== null || answers === undefined) return stop;
    return answers === 'no' ? { ...stop, state: 'unreached' } : { ...stop, answers };
  });
}

/** The stop to go to next; `-1` when there is none left. */
export function nextStop({ stops }: Pick<TourRecord, 'stops'>): number {
  const isNext = (answers: Stop['answers']) => (stop: Stop) =>
    stop.state === 'waiting' && stop.answers === answers;
  const sure = stops.findIndex(isNext('yes'));
  return sure === -1 ? stops.findIndex(isNext('unsure')) : sure;
}

export function markSent(tour: TourRecord, index: number, messageId: string): TourRecord {
  return withStops(tour, (stop, at) =>
    at === index ? { ...stop, state: 'sent', messageId } : stop,
  );
}

export function markUnreached(tour: TourRecord, index: number): TourRecord {
  return withStops(tour, (stop, at) => (at === index ? { ...stop, state: 'unreached' } : stop));
}

/**
 * Takes an answer to a message of this tour, also a late one. Who has been reached stays so: an answer that comes
 * twice changes nothing.
 * @returns `null` when nobody of this tour was asked that
 */
export function takeAnswer(
  tour: TourRecord,
  answer: { key: string; messageId: string; done: boolean },
): TourRecord | null {
  const { key, messageId, done } = answer;
  const asked = tour.stops.find((stop) => stop.key === key && stop.messageId === messageId);
  if (asked === undefined) return null;
  if (asked.state === 'reached') return tour;
  const state = done ? 'reached' : 'unreached';
  return withStops(tour, (stop) => (stop === asked ? { ...stop, state } : stop));
}

/**
 * The same tour for somebody who has asked to be signed out once more before it was over, by pressing twice, say. Whoever
 * the browser was sent to when that happened may never have seen it, and is visited again.
 * @param asker key of the participant that asked now: it knows
 */
export function askedAgain(tour: TourRecord, after: AfterLogout, asker: string | null): TourRecord {
  const again = withStops(tour, (stop) => {
    if (stop.key === asker) return { ...stop, state: 'reached' };
    return stop.state === 'sent' ? { ...stop, state: 'waiting' } : stop;
  });
  return { ...again, after };
}

/** Who knows and who does not, each once. Who was reached about one session and not about another was not reached. */
export function resultOf(tour: TourRecord): {
  reached: readonly string[];
  unreached: readonly string[];
} {
  const of = (reached: boolean) =>
    tour.stops.filter(({ state }) => (state === 'reached') === reached).map(({ key }) => key);
  const unreached = new Set([...tour.unreached, ...of(false)]);
  const reached = new Set([...tour.told, ...of(true)].filter((key) => !unreached.has(key)));
  return { reached: [...reached].toSorted(), unreached: [...unreached].toSorted() };
}

function withStops(tour: TourRecord, change: (stop: Stop, index: number) => Stop): TourRecord {
  return { ...tour, stops: tour.stops.map(change) };
}
