import type { z } from 'zod';
import { failure, success } from '../kernel/result.js';
import { formatDuration, parseDuration } from './duration.js';
import { field, type FieldReader } from './field.js';
import { parseNetwork } from './network.js';

interface Described {
  description: string;
  example?: string;
  secret?: true;
}

/** Text of at least one character that passes `check`, which answers with what is wrong or `null`. */
export function text(
  notes: Described & { format?: string },
  check: (written: string) => string | null = () => null,
): z.ZodType<string> {
  return field({ format: 'text', ...notes }, (written) => {
    if (typeof written !== 'string') return failure({ problem: 'must be text' });
    if (written.trim() === '') return failure({ problem: 'must not be empty' });
    const problem = check(written);
    return problem === null ? success(written) : failure({ problem });
  });
}

/** A whole number; a text of digits counts too, because that is what `${NAME}` yields. */
export function wholeNumber(notes: Described & { min: number; max: number }): z.ZodType<number> {
  const { min, max, ...rest } = notes;
  const range = `a whole number from ${min} to ${max}`;
  return field({ format: range, ...rest }, (written) => {
    const digits = typeof written === 'string' && /^\d{1,15}$/.test(written);
    const number = digits ? Number(written) : written;
    const fits =
      Number.isSafeInteger(number) && (number as number) >= min && (number as number) <= max;
    return fits ? success(number as number) : failure({ problem: `must be ${range}` });
  });
}

/** A duration in milliseconds. */
export function duration(notes: Described & { min?: string; max?: string }): z.ZodType<number> {
  const { min, max, ...rest } = notes;
  const bounds = [
    min === undefined ? '' : `, at least ${min}`,
    max === undefined ? '' : `, at most ${max}`,
  ];
  return field({ format: `duration${bounds.join('')}`, ...rest }, (written) => {
    const milliseconds = typeof written === 'string' ? parseDuration(written) : null;
    if (milliseconds === null) {
      return failure({
        problem: 'must be a duration: a whole number followed by s, m, h or d',
        remedy: suggestDuration(written),
      });
    }
    if (min !== undefined && milliseconds < (parseDuration(min) ?? 0)) {
      return failure({ problem: `must be at least ${min}`, remedy: `Write ${min} or more.` });
    }
    if (max !== undefined && milliseconds > (parseDuration(max) ?? 0)) {
      return failure({ problem: `must be at most ${max}`, remedy: `Write ${max} or less.` });
    }
    return success(milliseconds);
  });
}

function suggestDuration(written: unknown): string {
  const seconds = typeof written === 'number' && Number.isSafeInteger(written) && written > 0;
  return seconds
    ? `If seconds are meant, write ${formatDuration(written * 1_000)}.`
    : 'Write for instance 30s, 15m, 8h or 90d.';
}

export function choice<const Option extends string | number>(
  notes: Described & { options: readonly Option[] },
): z.ZodType<Option> {
  const { options, ...rest } = notes;
  const listed = options.join(' or ');
  return field({ format: listed, ...rest }, (written) => {
    const found = options.find((option) => String(option) === String(written));
    return found === undefined
      ? failure({ problem: `must be ${listed}`, remedy: `Write ${listed}.` })
      : success(found);
  });
}

export function yesNo(notes: Described): z.ZodType<boolean> {
  return field({ format: 'true or false', ...notes }, (written) => {
    if (written === true || written === 'true') return success(true);
    if (written === false || written === 'false') return success(false);
    return failure({ problem: 'must be true or false', remedy: 'Write true or false.' });
  });
}

/** A list of texts, each read by `item`. A single text counts as a list of one where `single` is set. */
export function list<Item>(
  notes: Described & { format: string; single?: true },
  item: FieldReader<Item>,
): z.ZodType<Item[]> {
  const { single, ...rest } = notes;
  return field(rest, (written) => {
    const items = single && typeof written === 'string' ? [written] : written;
    if (!Array.isArray(items)) return failure({ problem: 'must be a list' });
    const values: Item[] = [];
    for (const [index, entry] of items.entries()) {
      const result = item(entry);
      if (!result.ok) {
        const { problem, ...more } = result.failure;
        return failure({ problem: `has a wrong entry: number ${index + 1} ${problem}`, ...more });
      }
      values.push(result.value);
    }
    return success(values);
  });
}

export function textList(
  notes: Described & { format?: string; single?: true },
): z.ZodType<string[]> {
  return list({ format: 'list of texts', ...notes }, (entry) =>
    typeof entry === 'string' && entry !== ''
      ? success(entry)
      : failure({ problem: 'must be text' }),
  );
}

/** CIDR blocks; a single address stands for itself. */
export function networks(notes: Described): z.ZodType<string[]> {
  return list({ format: 'list of CIDR blocks', ...notes }, (entry) => {
    const network = typeof entry === 'string' ? parseNetwork(entry) : null;
    return network === null
      ? failure({
          problem: 'is not a CIDR block',
          remedy: 'Write for instance 10.0.0.0/8, 192.0.2.7 or 2001:db8::/32.',
        })
      : success(network);
  });
}
