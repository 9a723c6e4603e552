import { z } from 'zod';
import { SECOND_FACTOR_ACR } from '../../sessions/asserted-authentication.js';

/** What is demanded of the answer. */
export interface DemandedClaims {
  /** References of which exactly one is answered; `null`: any. */
  amrs: readonly string[] | null;
}

const values = z.looseObject({
  value: z.string().optional(),
  values: z.array(z.string()).max(64).optional(),
});

const claimsParameter = z.looseObject({
  id_token: z.looseObject({ acr: values, amr: values.nullish() }),
});

/**
 * Reads the `claims` parameter (OpenID Connect Core 1.0, 5.5).
 * @returns `malformed`; `impossible` when what is asked of `acr` is not what a second factor proves
 */
export function demandedClaims(written: string): DemandedClaims | 'malformed' | 'impossible' {
  const read = claimsParameter.safeParse(json(written));
  if (!read.success) return 'malformed';
  const { acr, amr } = read.data.id_token;
  if (!named(acr).includes(SECOND_FACTOR_ACR)) return 'impossible';
  const amrs = amr === null || amr === undefined ? [] : named(amr);
  return { amrs: amrs.length === 0 ? null : amrs };
}

function named({ value, values: several }: z.infer<typeof values>): string[] {
  return [...(value === undefined ? [] : [value]), ...(several ?? [])];
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
