/** What the device's clock and what is known of the server's say together (`docs/authenticator-protocol.md`, sections 5 and 10). */

/** `time − device clock` at the middle of a request. @param sent, received device clock */
export const offsetFrom = (time: number, sent: number, received: number): number =>
  Math.round(time - (sent + received) / 2);

/** Now in the server's time, and later than every earlier request. */
export const nextIat = (profile: { offset: number; lastIat: number }, deviceNow: number): number =>
  Math.max(Math.round(deviceNow + profile.offset), profile.lastIat + 1);

/**
 * What the next `iat` must be later than, once the server said `clock`. A request that it did not accept counts for nothing: with a
 * clock that was far ahead, its `iat` would keep all further ones out of reach.
 */
export const lastIatAfterClockError = (after: number | undefined): number => after ?? 0;
