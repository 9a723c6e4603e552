/** The constants of `docs/authenticator-protocol.md`, section 11, that devices and activation go by. Times in milliseconds. */
export const deviceLimits = {
  /** How far a request's `iat` may be from the server's time. */
  requestAgeMs: 60_000,
  /** How long the answer to a profile's last request is kept for an identical retry. */
  storedAnswerMs: 10 * 60_000,
  selfActivationMs: 10 * 60_000,
  administratorActivationMs: 24 * 3_600_000,
  /** From `begin` until the fingerprint is confirmed. */
  draftMs: 10 * 60_000,
  draftEvaluations: 3,
  secondSecretTries: 5,
  refusedBeginsPerAddress: { calls: 20, windowMs: 10 * 60_000 },
  profilesOfPerson: 10,
  nameLength: 64,
  bodyBytes: 16 * 1024,
  signedTextLength: 4096,
  /** At one process; enough for the windows of one app and those that died unnoticed. */
  streamsOfProfile: 8,
  streamMs: 30 * 60_000,
  signOfLifeMs: 25_000,
} as const;
