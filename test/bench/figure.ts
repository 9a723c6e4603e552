/** One line of the table: a value that was measured several times, and what it should be. */
export interface Row {
  what: string;
  unit: string;
  /** `null`: reported without an aim. */
  aim: { at: 'most' | 'least'; value: number } | null;
  raw: readonly number[];
}

/** One thing that is measured; runs by itself, with servers of its own. */
export interface Figure {
  name: string;
  measure(services: Services): Promise<Row[]>;
}

/** Addresses of a Redis and a PostgreSQL of this run. */
export interface Services {
  redis: string;
  postgres: string;
}

/** Slices of what is compared take turns this often, so that a slow spell of the machine meets all of them. */
export const SLICES = 13;
