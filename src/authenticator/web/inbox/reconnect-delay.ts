/** About as long as a server takes to be started anew, by a person who looks at the phone meanwhile. */
const soonTries = 8;

/** Each second at first, then doubled to 30 s, and up to half of it taken off, so that not all phones come back at once. @param random 0 to 1 */
export const reconnectDelay = (failures: number, random: number): number =>
  Math.round(Math.min(1000 * 2 ** Math.max(failures - soonTries, 0), 30_000) * (1 - random / 2));
