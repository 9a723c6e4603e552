import { z } from 'zod';
import { deviceLimits } from '../devices/limits.js';
import { fromBase64url } from '../devices/wire/base64url.js';
import { ApiRefusal, readJson } from './api-request.js';

/** What requests carry, member for member: an unknown one is refused (`docs/authenticator-protocol.md`, section 1). */

const bytes = (length: number) =>
  z
    .string()
    .max(200)
    .transform((text, context) => {
      const value = fromBase64url(text, length);
      if (value !== null) return value;
      context.addIssue({ code: 'custom', message: `not ${length} bytes` });
      return z.NEVER;
    });

/** A name as people see it: trimmed, composed, without control characters and what turns the direction of a text round. */
const name = z
  .string()
  .max(4 * deviceLimits.nameLength)
  .transform((text) => text.normalize('NFC').trim())
  .refine(
    (text) =>
      text !== '' &&
      [...text].length <= deviceLimits.nameLength &&
      !/[\p{Cc}\p{Cs}\p{Bidi_Control}\u2028\u2029]/u.test(text),
  );

const signedText = z.string().min(1).max(deviceLimits.signedTextLength);

export const beginBody = z.strictObject({
  code: z.string().regex(/^[0-9A-HJKMNP-TV-Z]{32}$/),
  secondSecret: z
    .string()
    .regex(/^[0-9]{8}$/)
    .optional(),
  deviceKey: bytes(65),
  device: z.strictObject({ installation: bytes(16), name }),
});

export const evaluateBody = z.strictObject({ blinded: bytes(33) });

export const completeBody = z.strictObject({
  approvalKey: bytes(65),
  proof: bytes(64),
  codeSecret: bytes(20).optional(),
});

export const answerBody = z.strictObject({
  device: signedText,
  approval: signedText.optional(),
});

export const subscriptionBody = z.strictObject({
  endpoint: z.string().min(1).max(8_192),
  keys: z.strictObject({ p256dh: bytes(65), auth: bytes(16) }),
});

export const profileBody = z.strictObject({ name });

/** @throws ApiRefusal 400 */
export function readAs<Schema extends z.ZodType>(schema: Schema, body: Buffer): z.infer<Schema> {
  const read = schema.safeParse(readJson(body));
  if (!read.success) throw new ApiRefusal('malformed');
  return read.data;
}
