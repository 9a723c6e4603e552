import {
  approvalMembers,
  type ApprovalPayload,
  type SignedContext,
} from '../../devices/wire/approval-payload.js';

/**
 * What was signed, when it is just what this profile was asked: every member is compared with our own record, none is taken
 * from the phone but the number and the decision. `null` otherwise.
 */
export function readApproval(
  payload: Readonly<Record<string, unknown>>,
  expected: SignedContext & { seq: number },
): ApprovalPayload | null {
  if (Object.keys(payload).length !== approvalMembers.length) return null;
  const same = Object.entries(expected).every(
    ([name, value]) => Object.hasOwn(payload, name) && payload[name] === value,
  );
  if (!same) return null;
  const { number, decision } = payload;
  if (decision === 'approve') {
    return typeof number === 'string' && /^[0-9]{2,6}$/.test(number)
      ? { ...expected, number, decision }
      : null;
  }
  return (decision === 'deny' || decision === 'not_me') && number === null
    ? { ...expected, number, decision }
    : null;
}
