import type { Verdict } from '../../entra-twin/verdict.js';

/**
 * What fails where the server cannot be reached, so that it is a row like any other.
 * @throws the error itself when it says something else
 */
export function unreachable(error: unknown, rule: string): Verdict {
  const code: unknown = (error as { code?: unknown } | null)?.code;
  const isOfTheNet =
    typeof code === 'string' && /^(E[A-Z]+|ERR_TLS_.*|[A-Z_]*CERT[A-Z_]*)$/.test(code);
  if (!isOfTheNet) throw error;
  return { rule, outcome: 'failed', code: null, detail: `the server cannot be reached: ${code}` };
}
