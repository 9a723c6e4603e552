import type { KeyPurpose, SigningKey } from './key-store.js';

/** What decides which keys are shown and which one signs. */
export type KeyDates = Pick<
  SigningKey,
  'kid' | 'issuer' | 'purpose' | 'algorithm' | 'useFrom' | 'retireAt'
>;

export const isRetired = (key: KeyDates, now: number): boolean =>
  key.retireAt !== null && key.retireAt <= now;

/**
 * Published keys of an issuer and purpose: for each algorithm first the one that signs, after those all others,
 * youngest first. A key that is published but not yet in use signs only where there is no other, so that a clock a
 * little behind the one that made the first keys does not leave an issuer without any.
 */
export function publishedKeys<Key extends KeyDates>(
  keys: readonly Key[],
  issuer: string,
  purpose: KeyPurpose,
  now: number,
): Key[] {
  const published = keys
    .filter((key) => key.issuer === issuer && key.purpose === purpose && !isRetired(key, now))
    .sort((a, b) => b.useFrom - a.useFrom || a.kid.localeCompare(b.kid));
  const algorithms = [...new Set(published.map((key) => key.algorithm))].sort();
  const signing = algorithms.flatMap((algorithm) => signingKey(published, algorithm, now) ?? []);
  return [...signing, ...published.filter((key) => !signing.includes(key))];
}

/** The key of an algorithm that signs now. `published`: youngest first. */
function signingKey<Key extends KeyDates>(
  published: readonly Key[],
  algorithm: SigningKey['algorithm'],
  now: number,
): Key | undefined {
  const candidates = published.filter((key) => key.algorithm === algorithm);
  return candidates.find((key) => key.useFrom <= now) ?? candidates.at(-1);
}

/** When the next key comes into use or retires; `null` when nothing is due. */
export function nextKeyChange(keys: readonly KeyDates[], now: number): number | null {
  const due = keys
    .flatMap((key) => [key.useFrom, key.retireAt ?? 0])
    .filter((at) => at > now)
    .sort((a, b) => a - b);
  return due[0] ?? null;
}

/** Equal when the same keys are published in the same order with the same one signing. */
export function keyFingerprint(keys: readonly KeyDates[], now: number): string {
  const groups = new Map(keys.map((key) => [`${key.issuer} ${key.purpose}`, key]));
  return [...groups.entries()]
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([name, { issuer, purpose }]) => {
      const kids = publishedKeys(keys, issuer, purpose, now).map((key) => key.kid);
      return `${name}: ${kids.join(' ')}`;
    })
    .join('\n');
}
