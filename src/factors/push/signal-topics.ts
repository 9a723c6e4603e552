/** Topics of `Signals` that push sends to. */
export const signalTopics = {
  /** Something changed in what this profile's inbox shows. */
  inbox: (profile: string): string => `inbox:${profile}`,
  /** The challenge was answered or withdrawn: its sign-in looks again. */
  challenge: (challenge: string): string => `challenge:${challenge}`,
  /** A phone has done its part of being added: the page that waits looks again. */
  activation: (activation: string): string => `activation:${activation}`,
} as const;
