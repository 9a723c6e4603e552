import { z } from 'zod';
import { statedReasons } from '../devices/device-store.js';
import { longestAliasBytes } from '../directory/alias.js';
import { HelpDeskProblem } from './problem.js';

/** What requests carry, member for member: an unknown one is refused. */

/** People that one call can name. */
export const mostPeopleAtOnce = 500;

const reason = z.enum(statedReasons).optional();

export const nothing = z.strictObject({});
export const reasonOnly = z.strictObject({ reason });
export const fingerprintOnly = z.strictObject({ fingerprint: z.string().regex(/^[0-9]{6}$/) });
export const peopleAndReason = z.strictObject({
  people: z.array(z.string().min(1).max(longestAliasBytes)).min(1).max(mostPeopleAtOnce),
  reason,
});

/**
 * @param body `undefined` counts as `{}`
 * @throws HelpDeskProblem 400 naming the member, never what was in it
 */
export function readAs<Schema extends z.ZodType>(schema: Schema, body: unknown): z.infer<Schema> {
  const read = schema.safeParse(body ?? (body === undefined ? {} : null));
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  const member = issue?.path[0];
  const detail =
    member === undefined
      ? 'the body must be an object of the members that are documented'
      : `${String(member)} is not as documented`;
  throw new HelpDeskProblem('request_invalid', { detail });
}
