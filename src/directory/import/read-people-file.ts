import { open } from 'node:fs/promises';
import { extname } from 'node:path';
import type { ReadRecords } from './import-record.js';
import { readCsvRecords } from './read-csv.js';
import { readYamlRecords } from './read-yaml.js';

export type PeopleFile =
  | ({ kind: 'read'; readableByOthers: boolean } & ReadRecords)
  | { kind: 'unreadable'; message: string };

const mostBytes = 128 * 1024 * 1024;

const readers: Record<string, (text: string) => ReadRecords> = {
  '.yaml': readYamlRecords,
  '.yml': readYamlRecords,
  '.csv': readCsvRecords,
};

/** Reads a file of people; `message` ends the sentence "The file …". */
export async function readPeopleFile(path: string): Promise<PeopleFile> {
  const read = readers[extname(path).toLowerCase()];
  if (read === undefined) return unreadable('is neither .yaml nor .csv');
  let handle;
  try {
    handle = await open(path, 'r');
  } catch {
    return unreadable('cannot be opened');
  }
  try {
    const status = await handle.stat();
    const { size, mode } = status;
    if (!status.isFile()) return unreadable('is not a file');
    if (size > mostBytes) return unreadable('is larger than 128 MiB');
    const bytes = await handle.readFile();
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    const readableByOthers = process.platform !== 'win32' && (mode & 0o077) !== 0;
    return { kind: 'read', readableByOthers, ...read(text) };
  } catch (error) {
    if (error instanceof TypeError) return unreadable('is not UTF-8 text');
    throw error;
  } finally {
    await handle.close();
  }
}

function unreadable(message: string): PeopleFile {
  return { kind: 'unreadable', message };
}
