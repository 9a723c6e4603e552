import { createHash } from 'node:crypto';

/** Every connection keeps each of them prepared, in the server's memory. What comes beyond is not kept. */
const KEPT = 256;

/**
 * Under which name a statement is kept prepared by PostgreSQL, so that it is parsed and planned once per connection. The
 * name is made from the text: should a pooler hand out a connection that another client prepared on, a name may be unknown or
 * taken there, but it never means another statement.
 */
export class StatementNames {
  readonly #names = new Map<string, string>();

  /** `undefined`: not to be kept. */
  of(text: string): string | undefined {
    const known = this.#names.get(text);
    if (known !== undefined || this.#names.size >= KEPT) return known;
    const name = `drawbridge_${createHash('sha256').update(text).digest('hex').slice(0, 40)}`;
    this.#names.set(text, name);
    return name;
  }
}
