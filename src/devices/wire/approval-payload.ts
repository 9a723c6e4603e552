/** What both signatures of an answer are over (`docs/authenticator-protocol.md`, section 8). */
export interface ApprovalPayload {
  challenge: string;
  profile: string;
  relyingParty: string;
  service: string;
  place: string;
  browser: string;
  at: number;
  nonce: string;
  /** As typed; null unless approved. */
  number: string | null;
  decision: ApprovalDecision;
  seq: number;
}

export type ApprovalDecision = 'approve' | 'deny' | 'not_me';

/** The members that come from the challenge and not from the person. */
export type SignedContext = Omit<ApprovalPayload, 'number' | 'decision' | 'seq'>;

export const approvalMembers: readonly (keyof ApprovalPayload)[] = [
  'challenge',
  'profile',
  'relyingParty',
  'service',
  'place',
  'browser',
  'at',
  'nonce',
  'number',
  'decision',
  'seq',
];
