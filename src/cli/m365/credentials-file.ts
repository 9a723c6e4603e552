import { open } from 'node:fs/promises';
import { z } from 'zod';
import { readYamlDocuments } from '../../config/yaml-documents.js';
import type { Credentials } from '../../entra-twin/sign-in-by-person.js';
import { failure, success, type Result } from '../../kernel/result.js';

const list = z.array(
  z
    .strictObject({
      username: z.string().min(1),
      password: z.string().min(1),
      totp_secret: z.string().min(1).optional(),
    })
    .transform(({ username, password, totp_secret: totpSecret }): Credentials => ({
      username,
      password,
      totpSecret: totpSecret ?? null,
    })),
);

const mostBytes = 16 * 1024 * 1024;

/** Reads who is to be signed in. Nothing of it is ever printed; what is wrong is told by its place. */
export async function readCredentials(
  file: string,
): Promise<Result<{ people: Credentials[]; readableByOthers: boolean }, string>> {
  let text: string;
  let mode: number;
  try {
    const handle = await open(file, 'r');
    try {
      const status = await handle.stat();
      if (!status.isFile() || status.size > mostBytes) return failure('is no file of up to 16 MiB');
      ({ mode } = status);
      text = await handle.readFile('utf8');
    } finally {
      await handle.close();
    }
  } catch {
    return failure('cannot be read');
  }
  const documents = readYamlDocuments(text, file);
  if (!documents.ok || documents.value.length !== 1) return failure('is no YAML with one list');
  const read = list.safeParse(documents.value[0]);
  if (!read.success) {
    const [issue] = read.error.issues;
    const place = issue?.path.join('.') ?? '';
    return failure(
      `is no list of { username, password, totp_secret? }${place === '' ? '' : `: see ${place}`}`,
    );
  }
  const readableByOthers = process.platform !== 'win32' && (mode & 0o077) !== 0;
  return success({ people: read.data, readableByOthers });
}
