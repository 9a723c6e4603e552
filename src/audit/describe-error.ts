import { scrub } from './scrub.js';

export interface DescribedError {
  name: string;
  code?: string;
  message: string;
  stack?: string;
  cause?: DescribedError;
}

const longestMessage = 2_000;
const longestStack = 6_000;
const deepestCause = 4;

/**
 * What a log may hold of an error: name, code, message, stack and causes, scrubbed. Other properties (a
 * database's `detail` or `parameters`, a request's options) often hold values and are left out.
 */
export function describeError(error: unknown, depth = 0): DescribedError {
  if (!(error instanceof Error)) {
    return { name: typeof error, message: scrub(String(error)).slice(0, longestMessage) };
  }
  const { code } = error as { code?: unknown };
  const described: DescribedError = {
    name: error.name,
    message: scrub(error.message).slice(0, longestMessage),
  };
  if (typeof code === 'string' || typeof code === 'number') described.code = scrub(String(code));
  if (error.stack !== undefined) described.stack = scrub(error.stack).slice(0, longestStack);
  if (error.cause !== undefined && depth < deepestCause) {
    described.cause = describeError(error.cause, depth + 1);
  }
  return described;
}
