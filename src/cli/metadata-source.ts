import { open } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { failure, success, type Result } from '../kernel/result.js';
import type { Fault } from '../protocols/saml/partners/fault.js';
import { createFetchMetadata } from '../protocols/saml/partners/fetch-metadata.js';
import { mostMetadataBytes } from '../protocols/saml/partners/read-partner.js';
import type { CommandIo } from './command.js';

/** A document that was named on the command line. */
export interface NamedDocument {
  document: Buffer;
  /** Where it can be fetched again. */
  url: string | null;
  /** For the audit log. */
  source: string;
}

/** Reads a file, a URL, or standard input for `-`. */
export async function readNamedDocument(
  named: string,
  io: CommandIo,
  privateHosts: readonly string[],
): Promise<Result<NamedDocument, Fault>> {
  if (/^[a-z][a-z0-9+.-]+:/i.test(named)) {
    const fetched = await createFetchMetadata({ privateHosts })(named);
    if (!fetched.ok) return fetched;
    return success({ document: fetched.value, url: named, source: named });
  }
  try {
    const paste = named === '-';
    const document = paste ? await whole(io.stdin) : await wholeFile(resolve(io.cwd, named));
    if (document === null) return failure(tooLarge);
    return success({ document, url: null, source: paste ? 'paste' : 'file' });
  } catch (error) {
    const { code = 'unknown reason' } = error as NodeJS.ErrnoException;
    return failure({
      problem: code === 'ENOENT' ? 'is not there' : `cannot be read: ${code}`,
      remedy: 'Name a file, an https URL, or - to paste.',
    });
  }
}

async function wholeFile(path: string): Promise<Buffer | null> {
  const file = await open(path);
  try {
    // Asked first: what is too large is refused without being read.
    return (await file.stat()).size > mostMetadataBytes ? null : await file.readFile();
  } finally {
    await file.close();
  }
}

async function whole(stream: Readable): Promise<Buffer | null> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of stream as AsyncIterable<Buffer | string>) {
    const bytes = Buffer.from(chunk as Buffer);
    length += bytes.length;
    if (length > mostMetadataBytes) return null;
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}

const tooLarge: Fault = {
  problem: 'is larger than 16 MiB, and more is not read',
  remedy: 'Take the metadata of the one service.',
};
