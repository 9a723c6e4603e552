import type { SignInCircumstances, SignInInput } from './engine-input.js';
import type { SignInEngine } from './engine.js';
import type { SignInRecord } from './sign-in-record.js';
import type { SignInRequest } from './sign-in-request.js';
import type { SignInResult } from './sign-in-result.js';
import type { SignIns } from './sign-ins.js';

/**
 * The engine's second host: no browser, no pages, no session. Answers each step with what the caller supplies and
 * stops at the first step it has no answer for.
 */
export async function signInHeadless(
  deps: { signIns: SignIns; engine: SignInEngine },
  request: SignInRequest & { session: 'isolated'; interaction: 'none' },
  answers: (record: SignInRecord) => SignInInput | null,
  at: SignInCircumstances,
): Promise<SignInResult | { outcome: 'stopped'; at: SignInRecord['step'] }> {
  let record = await deps.engine.start(
    deps.signIns.newRecord(request, { browserHash: null, session: null }),
    at,
  );
  for (let turn = 0; turn < MOST_TURNS && record.step.kind !== 'ended'; turn += 1) {
    const input = answers(record);
    if (input === null) return { outcome: 'stopped', at: record.step };
    record = await deps.engine.advance(record, input, at);
    if (record.failure !== null) {
      return { outcome: 'failed', ...record.failure };
    }
  }
  return record.step.kind === 'ended'
    ? record.step.result
    : { outcome: 'stopped', at: record.step };
}

/** More steps than any sign-in has. */
const MOST_TURNS = 10;
