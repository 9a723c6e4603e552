import { z } from 'zod';
import type { Result } from '../kernel/result.js';

/** What the documentation and the error messages need to know about a key. */
export interface FieldNotes {
  description: string;
  /** What may be written, in words: `duration`, `whole number`. */
  format: string;
  /** A value that would be accepted. */
  example?: string;
  /** The value is never printed. */
  secret?: true;
}

export interface FieldFailure {
  /** Reads after the key: `must be …`. Never contains the value. */
  problem: string;
  remedy?: string;
}

export type FieldReader<Value> = (written: unknown) => Result<Value, FieldFailure>;

/** A schema for one key, made from a function that reads what was written. Absent values are reported as missing. */
export function field<Value>(notes: FieldNotes, read: FieldReader<Value>): z.ZodType<Value> {
  return z
    .unknown()
    .transform((written, context): Value => {
      if (written === undefined || written === null) {
        context.addIssue({ code: 'custom', message: 'is missing' });
        return z.NEVER;
      }
      const result = read(written);
      if (result.ok) return result.value;
      const { problem, remedy } = result.failure;
      context.addIssue({
        code: 'custom',
        message: problem,
        ...(remedy === undefined ? {} : { params: { remedy } }),
      });
      return z.NEVER;
    })
    .meta({ ...notes });
}
