import type { IncomingMessage } from 'node:http';
import { FormRefused } from './form-errors.js';
import { readBody } from './forms.js';

/**
 * The JSON body of a request, in UTF-8; `undefined` where there is none.
 * @param limit bytes
 * @throws FormRefused 415 for another type, 413 beyond the limit, 400 for what is no JSON
 */
export async function readJsonBody(request: IncomingMessage, limit: number): Promise<unknown> {
  const length = Number(request.headers['content-length'] ?? 0);
  if (length === 0 && request.headers['transfer-encoding'] === undefined) return undefined;
  const type = (request.headers['content-type'] ?? '').toLowerCase().replace(/\s/g, '');
  const plain = (request.headers['content-encoding'] ?? 'identity').toLowerCase() === 'identity';
  if (!plain || !/^application\/json(;(?!charset=(?!"?utf-8"?(;|$)))[^;]*)*$/.test(type)) {
    throw new FormRefused('request_invalid', 415, 'the body is not JSON in UTF-8');
  }
  if (length > limit) throw tooLarge(limit);
  const bytes = await readBody(request, limit);
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as unknown;
  } catch {
    throw new FormRefused('request_invalid', 400, 'the body is not JSON in UTF-8');
  }
}

const tooLarge = (limit: number) =>
  new FormRefused('body_too_large', 413, `the body is longer than ${limit} bytes`);
