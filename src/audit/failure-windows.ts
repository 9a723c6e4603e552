import type { Clock } from '../kernel/clock.js';
import type { AuditEvent } from './audit-event.js';
import type { AuditReference } from './audit-log.js';

/** Failures of one sort that are counted instead of written. */
export interface FailureTally {
  event: Pick<AuditEvent, 'kind' | 'reason' | 'person' | 'clientAddress'>;
  count: number;
  /** How many there were of each `detail`, for those that have one; of too many sorts the last ones are `other`. */
  details: Map<string, number>;
  from: number;
  until: number;
  /** The row that opened the tally; every failure counted here answers with its reference. */
  opened: Promise<AuditReference> | null;
}

export interface FailureLimits {
  /** Identical failures (kind, reason, and person or else address) with a row each, a minute. */
  rowsPerSort: number;
  /** Failures of all sorts with a row each, a minute. Beyond it they are counted by kind and reason alone. */
  rowsInAll: number;
}

const windowMs = 60_000;
/** Details of a tally that are told apart; what a request says may be among them, so that somebody could invent many. */
const mostDetails = 20;

/**
 * Decides which failures get a row of their own, so that nobody fills the disk by failing. State lives for one
 * minute and holds at most `rowsInAll` sorts plus one tally for each of those and for each kind and reason, however many
 * people and addresses an attacker invents. Limits hold per process.
 */
export class FailureWindows {
  readonly #clock: Clock;
  readonly #limits: FailureLimits;
  #startedAt = 0;
  #rows = 0;
  #rowsBySort = new Map<string, number>();
  #tallies = new Map<string, FailureTally>();
  #finished: FailureTally[] = [];

  constructor(clock: Clock, limits: FailureLimits) {
    this.#clock = clock;
    this.#limits = limits;
  }

  /** `null`: write a row. Otherwise the tally the failure now is counted in. */
  admit(event: AuditEvent): FailureTally | null {
    this.#advance();
    const sort = [event.kind, event.reason, event.person ?? event.clientAddress].join('|');
    const rowsOfSort = this.#rowsBySort.get(sort) ?? 0;
    if (this.#rows < this.#limits.rowsInAll && rowsOfSort < this.#limits.rowsPerSort) {
      this.#rows += 1;
      this.#rowsBySort.set(sort, rowsOfSort + 1);
      return null;
    }
    return rowsOfSort >= this.#limits.rowsPerSort
      ? this.#count(sort, event)
      : this.#count([event.kind, event.reason].join('|'), {
          kind: event.kind,
          ...reasonOf(event),
          ...(event.data === undefined ? {} : { data: event.data }),
        });
  }

  /** Tallies whose minute is over (all of them with `evenOpen`), each handed out once. */
  take(evenOpen = false): FailureTally[] {
    this.#advance();
    if (evenOpen) this.#finish();
    const finished = this.#finished;
    this.#finished = [];
    return finished;
  }

  #advance(): void {
    const now = this.#clock.now();
    if (now >= this.#startedAt && now < this.#startedAt + windowMs) return;
    this.#finish();
    this.#startedAt = now - (now % windowMs);
    this.#rows = 0;
    this.#rowsBySort = new Map();
  }

  #finish(): void {
    this.#finished.push(...this.#tallies.values());
    this.#tallies = new Map();
  }

  #count(key: string, event: FailureTally['event'] & Pick<AuditEvent, 'data'>): FailureTally {
    let tally = this.#tallies.get(key);
    if (tally === undefined) {
      const { kind, person, clientAddress } = event;
      tally = {
        event: {
          kind,
          ...reasonOf(event),
          ...(person === undefined ? {} : { person }),
          ...(clientAddress === undefined ? {} : { clientAddress }),
        },
        count: 0,
        details: new Map(),
        from: this.#clock.now(),
        until: this.#startedAt + windowMs,
        opened: null,
      };
      this.#tallies.set(key, tally);
    }
    tally.count += 1;
    countDetail(tally.details, event.data?.['detail']);
    return tally;
  }
}

const reasonOf = (event: Pick<AuditEvent, 'reason'>): Pick<AuditEvent, 'reason'> =>
  event.reason === undefined ? {} : { reason: event.reason };

function countDetail(details: FailureTally['details'], detail: unknown): void {
  if (typeof detail !== 'string' || detail === '') return;
  const key = details.has(detail) || details.size < mostDetails ? detail : 'other';
  details.set(key, (details.get(key) ?? 0) + 1);
}
