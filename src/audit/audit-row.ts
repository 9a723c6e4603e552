import type { AuditEventsTable } from '../storage/sql/tables.js';
import type { AuditEvent } from './audit-event.js';
import type { AuditReference } from './audit-log.js';

/** The row of an event before the sealer has numbered it. */
export type UnsealedRow = Omit<AuditEventsTable, 'seq' | 'previous_hash' | 'hash'>;

const longestText = 300;
const longestDataText = 1_000;
const longestData = 16_000;

/**
 * Events may quote what came from outside (an unknown client id, an address), so that every text is cut and
 * freed of what a database refuses: an audit row that cannot be written would stop the action it tells of.
 */
export function auditRow(reference: AuditReference, at: number, event: AuditEvent): UnsealedRow {
  return {
    reference,
    at,
    kind: event.kind,
    person_id: storable(event.person),
    relying_party: storable(event.relyingParty),
    reason: event.reason ?? null,
    client_address: storable(event.clientAddress),
    data: storableData(event.data ?? {}),
  };
}

/** NUL and lone surrogates become U+FFFD. */
function storable(text: string | undefined): string | null {
  if (text === undefined) return null;
  return Buffer.from(text.slice(0, longestText).replaceAll('\0', '\ufffd'), 'utf8').toString(
    'utf8',
  );
}

/** JSON escapes NUL and lone surrogates by itself. */
function storableData(data: NonNullable<AuditEvent['data']>): string {
  const json = JSON.stringify(data, (_name, value: unknown) =>
    typeof value === 'string' && value.length > longestDataText
      ? `${value.slice(0, longestDataText)}…`
      : value,
  );
  return json.length > longestData ? JSON.stringify({ data_too_long: json.length }) : json;
}
