/** The constants of `docs/authenticator-protocol.md`, section 11, that challenges go by. Times in milliseconds. */
export const pushLimits = {
  strikes: 5,
  budget: { challenges: 3, windowMs: 10 * 60_000, pauseMs: 10 * 60_000 },
  silenceAfterNotMeMs: 30 * 60_000,
  lockToldWithinMs: 12 * 3_600_000,
  payloadBytes: 3993,
  endpointLength: 1024,
} as const;

/** What an organisation may choose. */
export interface PushSettings {
  /** 60,000 to 300,000 ms. */
  challengeMs: number;
  /** 2 to 6. */
  numberDigits: number;
  /** Host names of push services, `*.` for any name below. Nothing else is ever called. */
  pushServices: readonly string[];
}
