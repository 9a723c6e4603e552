import { fromBase64url, toBase64url } from '../../../devices/wire/base64url.js';
import type { EvaluateAnswer, EvaluateRequest } from '../../wire.js';
import { approvalKeyOf, codeSecretOf, pinInput } from '../crypto/derive.js';
import { hmacWith } from '../crypto/device-keys.js';
import { blindInput, finishEvaluation } from '../crypto/oprf.js';
import type { StoredProfile } from '../profiles/stored-profile.js';

export type Stretch = (pin: string, salt: Uint8Array) => Promise<Uint8Array>;

/**
 * What a PIN opens, for as long as `use` takes: afterwards the bytes are overwritten. JavaScript cannot promise that no copy is
 * left in memory, but none is left by us.
 */
export async function withPin<T>(
  stretch: Stretch,
  profile: StoredProfile,
  pin: string,
  use: (x: Uint8Array) => Promise<T>,
): Promise<T> {
  const stretched = await stretch(pin, profile.salt);
  const x = await pinInput(stretched, hmacWith(profile.secret));
  try {
    return await use(x);
  } finally {
    stretched.fill(0);
    x.fill(0);
  }
}

/** As `withPin`, for the codes. */
export async function withCodeSecret<T>(x: Uint8Array, use: (secret: Uint8Array) => T): Promise<T> {
  const secret = codeSecretOf(x);
  try {
    return use(secret);
  } finally {
    secret.fill(0);
  }
}

/** As `withPin`, for the approval key, with the server's help. @param evaluate posts the blinded input */
export async function withApprovalKey<T>(
  x: Uint8Array,
  evaluate: (request: EvaluateRequest) => Promise<EvaluateAnswer>,
  use: (key: Uint8Array<ArrayBuffer>, answer: EvaluateAnswer) => Promise<T>,
): Promise<T> {
  const { blind, blinded } = blindInput(x);
  const answer = await evaluate({ blinded: toBase64url(blinded) });
  const evaluated = fromBase64url(answer.evaluated, 33);
  if (evaluated === null) throw new Error('the server evaluated to no point');
  const seed = finishEvaluation(x, blind, evaluated);
  const key = approvalKeyOf(seed);
  try {
    return await use(key, answer);
  } finally {
    blind.fill(0);
    seed.fill(0);
    key.fill(0);
  }
}
