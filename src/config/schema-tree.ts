import type { z } from 'zod';

/** The part of a zod schema that is needed to walk it; the same for every kind of schema. */
interface SchemaDefinition {
  type: string;
  innerType?: z.ZodType;
  in?: z.ZodType;
  element?: z.ZodType;
  shape?: Record<string, z.ZodType>;
  catchall?: z.ZodType;
  defaultValue?: unknown;
  entries?: Record<string, string | number>;
}

export function definitionOf(schema: z.ZodType): SchemaDefinition {
  return schema.def;
}

/** Takes off optional, default, pipe and the like: what is left says what may be written. */
export function unwrap(schema: z.ZodType): z.ZodType {
  const { innerType, in: input, type } = definitionOf(schema);
  if (innerType !== undefined) return unwrap(innerType);
  if (type === 'pipe' && input !== undefined) return unwrap(input);
  return schema;
}

/** The keys of an object schema; `null` when it is no object. */
export function shapeOf(schema: z.ZodType): Record<string, z.ZodType> | null {
  return definitionOf(unwrap(schema)).shape ?? null;
}

/** Whether an object schema takes keys it does not list. */
export function takesAnyKey(schema: z.ZodType): boolean {
  const { catchall } = definitionOf(unwrap(schema));
  return catchall !== undefined && definitionOf(catchall).type !== 'never';
}

/** The schema under a key or index; `null` when there is none. */
export function schemaAt(schema: z.ZodType, path: readonly PropertyKey[]): z.ZodType | null {
  const [step, ...rest] = path;
  if (step === undefined) return schema;
  const { shape, element } = definitionOf(unwrap(schema));
  const next = typeof step === 'number' ? element : ownKey(shape, String(step));
  return next === undefined ? null : schemaAt(next, rest);
}

/** A note of `field` or `.meta`, whichever wrapper carries it. */
export function noteOf(schema: z.ZodType, note: string): unknown {
  const found = schema.meta()?.[note];
  if (found !== undefined) return found;
  const { innerType, in: input } = definitionOf(schema);
  const inner = innerType ?? input;
  return inner === undefined ? undefined : noteOf(inner, note);
}

export function ownKey<Value>(
  record: Record<string, Value> | undefined,
  key: string,
): Value | undefined {
  return record !== undefined && Object.hasOwn(record, key) ? record[key] : undefined;
}
