import { isMap, isScalar, isSeq, LineCounter, parseDocument, type Node, type YAMLMap } from 'yaml';
import {
  isTextField,
  mostRecords,
  textFields,
  type ImportRecord,
  type ReadRecords,
} from './import-record.js';

/**
 * Reads a YAML list of people. Every value is text as it stands (`0123` and `no` stay what they are), empty values
 * count as absent, anchors and aliases are refused.
 */
export function readYamlRecords(text: string): ReadRecords {
  const lines = new LineCounter();
  const document = parseDocument(text, { schema: 'failsafe', lineCounter: lines, merge: false });
  const lineOf = (offset: number) => lines.linePos(offset).line;
  if (document.errors.length > 0) {
    const problems = document.errors.map((error) => ({
      line: lineOf(error.pos[0]),
      message: `is not valid YAML (${error.code})`,
    }));
    return { records: [], problems };
  }
  const list = document.contents;
  if (!isSeq(list)) {
    return { records: [], problems: [{ line: 1, message: 'the file is not a list of people' }] };
  }
  if (list.items.length > mostRecords) return tooMany();
  const read: ReadRecords = { records: [], problems: [] };
  for (const item of list.items as (Node | null)[]) {
    const line = lineOf(item?.range?.[0] ?? 0);
    if (isMap(item)) readPerson(item, line, lineOf, read);
    else read.problems.push({ line, message: 'is not a person with fields' });
  }
  return read;
}

export function tooMany(): ReadRecords {
  const message = `the file has more than ${mostRecords} people; split it`;
  return { records: [], problems: [{ line: 1, message }] };
}

function readPerson(
  map: YAMLMap,
  line: number,
  lineOf: (offset: number) => number,
  read: ReadRecords,
): void {
  const record: ImportRecord = { line, username: '', name: '' };
  const before = read.problems.length;
  for (const { key, value } of map.items as { key: Node; value: Node | null }[]) {
    const name = isScalar(key) ? String(key.value) : '';
    const at = lineOf(key.range?.[0] ?? 0);
    const problem = readField(record, name, value);
    if (problem !== null) read.problems.push({ line: at, message: problem });
  }
  if (read.problems.length === before) read.records.push(record);
}

/** Stores one field; answers what is wrong with it. */
function readField(record: ImportRecord, name: string, value: Node | null): string | null {
  if (isTextField(name)) {
    if (isAbsent(value)) return null;
    const text = textOf(value);
    if (text === null) return `${name} is not a text`;
    record[textFields[name]] = text;
    return null;
  }
  if (name === 'groups') {
    if (isAbsent(value)) return null;
    const groups = textsOf(value);
    if (groups === null) return 'groups is not a list of texts';
    record.groups = groups;
    return null;
  }
  if (name === 'attributes') return isAbsent(value) ? null : readAttributes(record, value);
  return /^[\w.-]{1,40}$/.test(name) ? `${name} is not a known field` : 'has an unknown field';
}

function readAttributes(record: ImportRecord, value: Node | null): string | null {
  if (!isMap(value)) return 'attributes is not a set of named values';
  const attributes: [string, string[]][] = [];
  for (const pair of value.items as { key: Node; value: Node | null }[]) {
    const name = textOf(pair.key);
    const single = textOf(pair.value);
    const values = single === null ? textsOf(pair.value) : [single];
    if (name === null || values === null) return 'attributes has a value that is no text or list';
    attributes.push([name, values]);
  }
  record.attributes = Object.fromEntries(attributes);
  return null;
}

function isAbsent(value: Node | null): boolean {
  if (value === null) return true;
  if (!isScalar(value) || value.type !== 'PLAIN') return false;
  return ['', '~', 'null'].includes(String(value.value));
}

function textOf(value: Node | null): string | null {
  return isScalar(value) && typeof value.value === 'string' ? value.value : null;
}

function textsOf(value: Node | null): string[] | null {
  if (!isSeq(value)) return null;
  const texts = (value.items as (Node | null)[]).map(textOf);
  return texts.includes(null) ? null : (texts as string[]);
}
