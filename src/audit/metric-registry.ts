/**
 * A small registry in the Prometheus text format 0.0.4. Every label has a closed list of values; anything else
 * is counted as `other`, so that neither input nor a bug can make the number of series grow.
 */
export type LabelSets<Names extends string> = Readonly<Record<Names, readonly string[]>>;
export type Labels<Names extends string> = Readonly<Record<Names, string>>;

export interface Counter<Names extends string = never> {
  add(labels: Labels<Names>, amount?: number): void;
}
export interface Gauge<Names extends string = never> {
  set(labels: Labels<Names>, value: number): void;
}
export interface Histogram<Names extends string = never> {
  observe(labels: Labels<Names>, value: number): void;
}

interface Description<Names extends string> {
  name: string;
  help: string;
  labels: LabelSets<Names>;
}

export class MetricRegistry {
  readonly #families: { header: string; lines: () => Iterable<string> }[] = [];

  counter<Names extends string>(description: Description<Names>): Counter<Names> {
    const values = this.#family(description, 'counter');
    return {
      add: (labels, amount = 1) => {
        const key = seriesKey(description.labels, labels);
        values.set(key, (values.get(key) ?? 0) + amount);
      },
    };
  }

  gauge<Names extends string>(description: Description<Names>): Gauge<Names> {
    const values = this.#family(description, 'gauge');
    return {
      set: (labels, value) => values.set(seriesKey(description.labels, labels), value),
    };
  }

  /** @param bounds upper bounds of the buckets, ascending, in the metric's unit */
  histogram<Names extends string>(
    description: Description<Names>,
    bounds: readonly number[],
  ): Histogram<Names> {
    const series = new Map<string, { counts: number[]; sum: number; count: number }>();
    this.#families.push({
      header: header(description, 'histogram'),
      *lines() {
        for (const [key, { counts, sum, count }] of series) {
          const separator = key === '' ? '' : ',';
          for (const [index, bound] of bounds.entries()) {
            yield `${description.name}_bucket{${key}${separator}le="${bound}"} ${counts[index]}`;
          }
          yield `${description.name}_bucket{${key}${separator}le="+Inf"} ${count}`;
          yield `${description.name}_sum${braces(key)} ${sum}`;
          yield `${description.name}_count${braces(key)} ${count}`;
        }
      },
    });
    return {
      observe: (labels, value) => {
        const key = seriesKey(description.labels, labels);
        let entry = series.get(key);
        if (entry === undefined) {
          entry = { counts: bounds.map(() => 0), sum: 0, count: 0 };
          series.set(key, entry);
        }
        for (const [index, bound] of bounds.entries()) {
          if (value <= bound) entry.counts[index]! += 1;
        }
        entry.sum += value;
        entry.count += 1;
      },
    };
  }

  render(): string {
    return this.#families
      .map(({ header, lines }) => [header, ...lines()].join('\n') + '\n')
      .join('');
  }

  #family<Names extends string>(
    description: Description<Names>,
    type: 'counter' | 'gauge',
  ): Map<string, number> {
    const values = new Map<string, number>();
    this.#families.push({
      header: header(description, type),
      *lines() {
        for (const [key, value] of values) yield `${description.name}${braces(key)} ${value}`;
      },
    });
    return values;
  }
}

const header = (description: { name: string; help: string }, type: string): string =>
  `# HELP ${description.name} ${description.help}\n# TYPE ${description.name} ${type}`;

const braces = (key: string): string => (key === '' ? '' : `{${key}}`);

function seriesKey<Names extends string>(sets: LabelSets<Names>, labels: Labels<Names>): string {
  return (Object.keys(sets) as Names[])
    .map((name) => `${name}="${sets[name].includes(labels[name]) ? labels[name] : 'other'}"`)
    .join(',');
}
