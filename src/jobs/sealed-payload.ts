import type { JobPayload } from './outbox.js';

/**
 * Encrypts payloads at rest: a queued mail may hold a one-time link, which is stored hashed everywhere else.
 */
export interface PayloadSealer {
  seal(plain: Buffer, context: string): string;
  open(sealed: string, context: string): Buffer;
}

/** Bound to the job, so that a payload cannot be moved to another one. */
const contextOf = (job: { id: string; kind: string }): string => `job:${job.kind}:${job.id}`;

export function sealPayload(
  sealer: PayloadSealer,
  job: { id: string; kind: string },
  payload: JobPayload,
): string {
  return sealer.seal(Buffer.from(JSON.stringify(payload), 'utf8'), contextOf(job));
}

export function openPayload(
  sealer: PayloadSealer,
  job: { id: string; kind: string; payload: string },
): JobPayload {
  return JSON.parse(sealer.open(job.payload, contextOf(job)).toString('utf8')) as JobPayload;
}
