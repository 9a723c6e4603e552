import type { z } from 'zod';
import { nearestKey } from './nearest-key.js';
import { definitionOf, ownKey, shapeOf, takesAnyKey, unwrap } from './schema-tree.js';

export interface UnknownKey {
  path: PropertyKey[];
  remedy: string;
}

/**
 * Finds the keys no schema knows, at any depth. Done apart from parsing, because a schema's further checks do not
 * run while a key is unknown, and every problem is to be reported at once.
 */
export function findUnknownKeys(
  schema: z.ZodType,
  written: unknown,
  path: PropertyKey[] = [],
): UnknownKey[] {
  if (Array.isArray(written)) {
    const { element } = definitionOf(unwrap(schema));
    if (element === undefined) return [];
    return written.flatMap((item, index) => findUnknownKeys(element, item, [...path, index]));
  }
  const shape = shapeOf(schema);
  if (shape === null || written === null || typeof written !== 'object') return [];
  const open = takesAnyKey(schema);
  return Object.entries(written).flatMap(([key, value]: [string, unknown]) => {
    const known = ownKey(shape, key);
    if (known !== undefined) return findUnknownKeys(known, value, [...path, key]);
    return open ? [] : [{ path: [...path, key], remedy: suggest(key, Object.keys(shape)) }];
  });
}

/** A copy without the given keys. */
export function withoutKeys(written: unknown, keys: readonly UnknownKey[]): unknown {
  const unwanted = new Set(keys.map(({ path }) => JSON.stringify(path)));
  const visit = (node: unknown, path: PropertyKey[]): unknown => {
    if (Array.isArray(node)) return node.map((item, index) => visit(item, [...path, index]));
    if (node === null || typeof node !== 'object') return node;
    return Object.fromEntries(
      Object.entries(node)
        .filter(([key]) => !unwanted.has(JSON.stringify([...path, key])))
        .map(([key, value]) => [key, visit(value, [...path, key])]),
    );
  };
  return visit(written, []);
}

function suggest(key: string, known: readonly string[]): string {
  const nearest = nearestKey(key, known);
  return nearest === null
    ? `Remove it. Known here: ${known.join(', ')}.`
    : `Did you mean ${nearest}? Otherwise remove it.`;
}
