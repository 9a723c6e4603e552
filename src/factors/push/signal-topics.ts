/** Topics of `Signals` that push sends to. */
export const signalTopics = {
  /** Something changed in what this profile's inbox shows. */
  inbox: (profile: string): string => `inbox:${profile}`,
  /** The challenge was answered or withdrawn: its sign-in looks again. */
  challenge: (challenge: string): string => `challenge:${challenge}`,
} as const;
