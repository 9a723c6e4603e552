/** Replies that mean "not this server, not now", as opposed to a wrong command. */
const UNAVAILABLE =
  /^(READONLY|LOADING|MASTERDOWN|NOREPLICAS|MISCONF|OOM|BUSY|CLUSTERDOWN|UNKILLABLE|NOAUTH|WRONGPASS|NOPERM|ERR max number of clients)\b/;
/** Of those, the ones after which another server will answer; the refused command was not carried out. */
const MOVED = /^(READONLY|MASTERDOWN|LOADING|UNKILLABLE)\b/;
/** Before version 7 the refusal of a write within a script stands behind where in the script that was. */
const WITHIN_SCRIPT = /^ERR Error running script \(call to \w+\): .*?-(?=[A-Z]+ )/s;

/** Does this text of an error reply mean that the server cannot serve now, or not any more? */
export function isUnavailable(reply: string): boolean {
  return UNAVAILABLE.test(reply.replace(WITHIN_SCRIPT, ''));
}

/** Is it another server by now that should be asked again? */
export function isMoved(reply: string): boolean {
  return MOVED.test(reply.replace(WITHIN_SCRIPT, ''));
}
