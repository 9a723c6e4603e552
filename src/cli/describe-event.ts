import { failureReasons, shownReason, type FailureReason } from '../audit/failure-reasons.js';
import type { AuditEventsTable } from '../storage/sql/tables.js';
import type { Messages } from '../web/messages.js';
import { printable, printableTime } from './printable.js';

/** Reasons that people are not told; the help desk is. */
const hiddenReasons: Partial<Record<FailureReason, string>> = {
  unknown_person: 'Nobody has that user name',
  password_locked: 'The password is locked after too many wrong ones',
  person_disabled: 'The account is disabled',
  no_password_set: 'No password has been set yet',
};

/** One line about an audit row: what its reference leads to, in plain words. */
export function describeEvent(row: AuditEventsTable, messages: Messages): string {
  const what = row.kind.replace(/[._]/g, ' ');
  const at = row.relying_party === null ? '' : ` at ${row.relying_party}`;
  const from = row.client_address === null ? '' : ` from ${row.client_address}`;
  const why = row.reason === null ? '' : `: ${reasonInWords(row.reason, messages)}`;
  return printable(`${row.reference}  ${printableTime(row.at)}  ${what}${at}${from}${why}`);
}

/** With the code that the page showed, which may stand for a vaguer reason. */
function reasonInWords(reason: string, messages: Messages): string {
  // A row of another version may have a reason that this one does not know.
  if (!isKnown(reason)) return reason;
  const shown = shownReason(reason);
  const words = hiddenReasons[reason] ?? messages.text(`failure.${shown}.title`);
  return `${words} (${failureReasons[shown].code})`;
}

const isKnown = (reason: string): reason is FailureReason => Object.hasOwn(failureReasons, reason);
