import { setTimeout as delay } from 'node:timers/promises';
import type { RoundTrip } from './socket-proxy.js';

/** Longer than any poller of ours waits between two looks. */
const IDLE_WINDOW_MS = 2_500;

/**
 * Tells the round trips of requests from those of pollers (change feed, jobs, sealing of audit rows): what runs while
 * no request does is a poller's.
 */
export class TripCounter {
  readonly #pollers = new Set<string>();
  #trips: RoundTrip[] = [];

  readonly note = (trip: RoundTrip): void => {
    this.#trips.push(trip);
  };

  /** Call while nothing asks anything of the server, after requests have left the pollers something to do. */
  async learnPollers(): Promise<void> {
    this.#trips = [];
    await delay(IDLE_WINDOW_MS);
    for (const { to, commands } of this.#trips) {
      for (const command of commands) this.#pollers.add(`${to} ${openerOf(command)}`);
    }
  }

  get pollerCommands(): readonly string[] {
    return [...this.#pollers];
  }

  async during(work: () => Promise<void>): Promise<{ trips: RoundTrip[]; polled: RoundTrip[] }> {
    this.#trips = [];
    await work();
    const all = this.#trips;
    return {
      trips: all.filter((trip) => !this.#isPolling(trip)),
      polled: all.filter((trip) => this.#isPolling(trip)),
    };
  }

  #isPolling({ to, commands }: RoundTrip): boolean {
    return (
      commands.length > 0 &&
      commands.every((command) => this.#pollers.has(`${to} ${openerOf(command)}`))
    );
  }
}

/** A transaction is a poller's when the statement that opened it is. */
function openerOf(command: string): string {
  return command.split(' ← ').at(-1) ?? command;
}

/** One line per trip, for people. */
export function describeTrips(trips: readonly RoundTrip[]): string {
  return trips
    .map(({ to, commands }, index) => {
      const what = commands.map((command) => command.replace(/\s+/g, ' ').slice(0, 150));
      return `${String(index + 1).padStart(3)}. ${to}: ${what.join(' + ')}`;
    })
    .join('\n');
}
