import { refuse } from './refusal.js';
import { withDescendants } from './xml-tree.js';
import type { XmlTree } from './xml-tree.js';

/** No two elements can be meant by one reference, in whatever spelling a verifier may look for it. */
export function distinctIds(root: XmlTree): void {
  const seen = new Set<string>();
  for (const element of withDescendants(root)) {
    for (const { name, value } of element.attributes) {
      if (name.toLowerCase() !== 'id') continue;
      const id = value.trim();
      if (seen.has(id)) refuse('forbidden-construct', 'duplicate-id');
      seen.add(id);
    }
  }
}
