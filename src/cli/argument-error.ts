/** Whether `parseArgs` of `node:util` refused the arguments. */
export function isArgumentError(error: unknown): error is Error {
  const code: unknown = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' && code.startsWith('ERR_PARSE_ARGS_');
}

/** In our words where Node gives advice that nobody needs here, else its first sentence. */
export function describeArgumentError({ message }: Error): string {
  const unknown = /^Unknown option '([^']*)'/.exec(message)?.[1];
  if (unknown !== undefined) return `There is no option ${unknown}.`;
  const first = message.split(/[.\n]/)[0] ?? message;
  return `${first}.`;
}
