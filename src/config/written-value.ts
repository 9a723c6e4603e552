import type { z } from 'zod';
import { noteOf, schemaAt } from './schema-tree.js';

const secretName =
  /(^|_)(secret|password|passphrase|pin|token|key|keys|hash|credentials?)(_|$|s$)/i;

/** `oidc.redirect_uris[1]`. */
export function formatPath(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, step) => {
    if (typeof step === 'number') return `${text}[${step}]`;
    return text === '' ? String(step) : `${text}.${String(step)}`;
  }, '');
}

/** The scalar written at a path, unless it is or may hold a secret. */
export function printableValue(
  schema: z.ZodType,
  written: unknown,
  path: readonly PropertyKey[],
): string | undefined {
  if (path.some((step) => secretName.test(String(step)))) return undefined;
  for (let length = 1; length <= path.length; length += 1) {
    const part = schemaAt(schema, path.slice(0, length));
    if (part !== null && noteOf(part, 'secret') === true) return undefined;
  }
  const value = valueAt(written, path);
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (typeof value !== 'string') return undefined;
  return /:\/\/[^/]*@/.test(value) ? undefined : value;
}

function valueAt(tree: unknown, path: readonly PropertyKey[]): unknown {
  let node = tree;
  for (const step of path) {
    if (node === null || typeof node !== 'object' || !Object.hasOwn(node, step)) return undefined;
    node = (node as Record<PropertyKey, unknown>)[step];
  }
  return node;
}
