/** The known key that a mistyped one most likely stands for; `null` when none is near. */
export function nearestKey(mistyped: string, known: readonly string[]): string | null {
  const plain = (key: string) => key.toLowerCase().replaceAll(/[-_\s]/g, '');
  let best: string | null = null;
  let bestDistance = Math.max(2, Math.floor(mistyped.length / 3)) + 1;
  for (const key of known) {
    const distance = editDistance(plain(mistyped), plain(key));
    if (distance < bestDistance) [best, bestDistance] = [key, distance];
  }
  return best;
}

/** Levenshtein distance. */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 1; i <= from.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= to.length; j += 1) {
      const replace = (row[j - 1] ?? 0) + (from[i - 1] === to[j - 1] ? 0 : 1);
      next.push(Math.min(replace, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}
