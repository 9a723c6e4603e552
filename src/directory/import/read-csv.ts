import { CsvError, parse } from 'csv-parse/sync';
import {
  isTextField,
  mostRecords,
  textFields,
  type ImportProblem,
  type ImportRecord,
  type ReadRecords,
} from './import-record.js';
import { tooMany } from './read-yaml.js';

interface Row {
  record: string[];
  /** `lines`: where the row ends. */
  info: { lines: number };
}

const attributePrefix = 'attribute.';

/** Spreadsheets run cells that begin so as formulas when the file, or an export of it, is opened there. */
const formula = /^[=+\-@\t\r]/;
const secretColumns: ReadonlySet<string> = new Set([
  'password_hash',
  'totp_secret',
  'hotp_secret',
  'otp_uri',
]);
const phoneNumber = /^\+[0-9 ()/.-]+$/;

/**
 * Reads CSV whose first row names the columns: those of the YAML form, `groups` separated by semicolons, and
 * `attribute.<name>`. Empty cells count as absent. Cells that a spreadsheet would run as a formula are refused.
 */
export function readCsvRecords(text: string): ReadRecords {
  let rows: Row[];
  try {
    rows = parse(text, {
      bom: true,
      info: true,
      relax_column_count: true,
      skip_empty_lines: true,
      max_record_size: 1_000_000,
    }) as unknown as Row[];
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const line = typeof error['lines'] === 'number' ? error['lines'] : 1;
    return { records: [], problems: [{ line, message: `is not valid CSV (${error.code})` }] };
  }
  const [head, ...body] = rows;
  const columns = (head?.record ?? []).map((name) => name.trim());
  const problems = columnProblems(columns);
  if (problems.length > 0) return { records: [], problems };
  if (body.length > mostRecords) return tooMany();
  const read: ReadRecords = { records: [], problems: [] };
  let line = (head?.info.lines ?? 1) + 1;
  for (const row of body) {
    readRow(row.record, columns, line, read);
    line = row.info.lines + 1;
  }
  return read;
}

function columnProblems(columns: readonly string[]): ImportProblem[] {
  const messages = columns.flatMap((name, index) => {
    if (columns.indexOf(name) !== index) return [`column ${index + 1} has the name of another`];
    const known = isTextField(name) || name === 'groups' || name.startsWith(attributePrefix);
    return known ? [] : [`column ${index + 1} has an unknown name`];
  });
  for (const name of ['username', 'name']) {
    if (!columns.includes(name)) messages.push(`the column ${name} is missing`);
  }
  return messages.map((message) => ({ line: 1, message }));
}

function readRow(
  cells: readonly string[],
  columns: readonly string[],
  line: number,
  read: ReadRecords,
): void {
  const before = read.problems.length;
  if (cells.length !== columns.length) {
    read.problems.push({
      line,
      message: `has ${cells.length} cells for ${columns.length} columns`,
    });
    return;
  }
  const record: ImportRecord = { line, username: '', name: '' };
  const attributes: [string, string[]][] = [];
  columns.forEach((column, index) => {
    const cell = cells[index] as string;
    if (cell === '') return;
    if (isFormula(column, cell)) {
      read.problems.push({ line, message: `${column} begins like a formula` });
    } else if (isTextField(column)) {
      record[textFields[column]] = cell;
    } else if (column === 'groups') {
      record.groups = cell.split(';').map((group) => group.trim());
    } else {
      attributes.push([column.slice(attributePrefix.length), [cell]]);
    }
  });
  if (attributes.length > 0) record.attributes = Object.fromEntries(attributes);
  if (read.problems.length === before) read.records.push(record);
}

function isFormula(column: string, cell: string): boolean {
  if (secretColumns.has(column)) return false;
  if (column === 'groups') return cell.split(';').some((group) => formula.test(group.trimStart()));
  if (column.startsWith(attributePrefix) && phoneNumber.test(cell)) return false;
  return formula.test(cell);
}
