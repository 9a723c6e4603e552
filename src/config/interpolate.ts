export interface UnsetVariable {
  path: PropertyKey[];
  name: string;
}

/**
 * Puts environment variables in the place of `${NAME}` in every text of a tree. What a variable holds is not looked
 * at again, and any other `$` stays, so that password hashes survive. Texts that name an unset variable are kept as
 * written and reported.
 */
export function interpolate(
  tree: unknown,
  env: NodeJS.ProcessEnv,
): { value: unknown; unset: UnsetVariable[] } {
  const unset: UnsetVariable[] = [];
  const visit = (node: unknown, path: PropertyKey[]): unknown => {
    if (typeof node === 'string') return interpolateText(node, path, env, unset);
    if (Array.isArray(node)) return node.map((item, index) => visit(item, [...path, index]));
    if (node !== null && typeof node === 'object') {
      return Object.fromEntries(
        Object.entries(node).map(([key, item]) => [key, visit(item, [...path, key])]),
      );
    }
    return node;
  };
  return { value: visit(tree, []), unset };
}

function interpolateText(
  written: string,
  path: PropertyKey[],
  env: NodeJS.ProcessEnv,
  unset: UnsetVariable[],
): string {
  return written.replace(/\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g, (reference, name: string) => {
    const value = env[name];
    if (value === undefined) unset.push({ path, name });
    return value ?? reference;
  });
}
