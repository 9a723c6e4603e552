import type { IncomingMessage } from 'node:http';
import { FormRefused } from './form-errors.js';
import { parseForm } from './parse-form.js';
import type { FormFields } from './parse-form.js';

/** Enough for every form of ours; protocol messages are given more by their endpoints. */
export const formLimit = 16 * 1024;

/**
 * Reads a posted form (`application/x-www-form-urlencoded` only).
 * @param options.limit bytes
 * @throws FormRefused 415 for another type, 413 as soon as the body is known to be too long, 400 for a form that is
 *   malformed or could be read in two ways
 */
export async function readForm(
  request: IncomingMessage,
  options: { limit?: number } = {},
): Promise<FormFields> {
  const limit = options.limit ?? formLimit;
  requireFormType(request);
  if (Number(request.headers['content-length'] ?? 0) > limit) throw tooLarge(limit);
  return parseForm(await readBody(request, limit));
}

function requireFormType(request: IncomingMessage): void {
  const type = (request.headers['content-type'] ?? '').toLowerCase().replace(/\s/g, '');
  const plain = (request.headers['content-encoding'] ?? 'identity').toLowerCase() === 'identity';
  if (plain && /^application\/x-www-form-urlencoded(;charset="?utf-8"?)?$/.test(type)) return;
  throw new FormRefused('request_invalid', 415, 'the body is not an urlencoded form in UTF-8');
}

function tooLarge(limit: number): FormRefused {
  return new FormRefused('body_too_large', 413, `the body is longer than ${limit} bytes`);
}

/**
 * Stops listening when the limit is passed; the server drops the rest once the answer is sent.
 * @param limit bytes
 * @throws FormRefused 413 beyond the limit, 400 for a body that ends early
 */
export function readBody(request: IncomingMessage, limit: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    const stop = () => {
      request.off('data', onData).off('end', onEnd).off('error', onError).off('close', onClose);
    };
    const onData = (chunk: Buffer) => {
      length += chunk.length;
      if (length > limit) {
        stop();
        request.pause();
        reject(tooLarge(limit));
      } else chunks.push(chunk);
    };
    const onEnd = () => {
      stop();
      resolve(Buffer.concat(chunks));
    };
    const onError = () => {
      stop();
      reject(new FormRefused('request_invalid', 400, 'the body ended early'));
    };
    const onClose = onError;
    request.on('data', onData).on('end', onEnd).on('error', onError).on('close', onClose);
  });
}
