/** Polls for which a missing number is waited for; at 400 ms a minute, far longer than a transaction may last. */
const POLLS_TO_WAIT = 150;
/** How far behind the newest row a starting feed looks for transactions that are still open. */
const START_WINDOW = 64;

/**
 * How far a reader of numbered rows has come. PostgreSQL hands out numbers before commit, so row 7 may appear
 * after row 8. Therefore the position (`low`) only moves past numbers that were seen; one that is missing holds it
 * back and the rows behind it are read again and recognised, until the number shows up or, its transaction
 * having been rolled back, has been missing for longer than any transaction lasts.
 */
export class FeedPosition {
  #low = 0;
  #seen = new Set<number>();
  #waited = 0;

  /** Everything up to here is done with; read from behind it. */
  get low(): number {
    return this.#low;
  }

  startAt(newest: number): void {
    this.#low = Math.max(0, newest - START_WINDOW);
    this.#seen = new Set();
    this.#waited = 0;
  }

  isNew(seq: number): boolean {
    return seq > this.#low && !this.#seen.has(seq);
  }

  /** To be called after every poll with all rows read, in rising order. */
  advance(rows: readonly number[]): void {
    for (const seq of rows) if (seq > this.#low) this.#seen.add(seq);
    const before = this.#low;
    this.#moveOverSeen();
    if (this.#seen.size === 0 || this.#low > before) {
      this.#waited = 0;
      return;
    }
    this.#waited += 1;
    if (this.#waited < POLLS_TO_WAIT) return;
    this.#waited = 0;
    this.#low = Math.min(...this.#seen) - 1;
    this.#moveOverSeen();
  }

  #moveOverSeen(): void {
    while (this.#seen.delete(this.#low + 1)) this.#low += 1;
  }
}
