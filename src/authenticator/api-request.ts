import type { IncomingMessage } from 'node:http';
import { deviceLimits } from '../devices/limits.js';
import { parseStrictJson } from '../devices/wire/strict-json.js';
import { errorStatus, type ErrorCode } from './wire.js';

/** An error answer, thrown from wherever it is seen; nothing else of it reaches the phone. */
export class ApiRefusal extends Error {
  readonly code: ErrorCode;
  readonly more: Readonly<Record<string, unknown>>;
  readonly retryAfterMs: number | null;

  constructor(
    code: ErrorCode,
    more: Readonly<Record<string, unknown>> = {},
    retryAfterMs: number | null = null,
  ) {
    super(code);
    this.name = 'ApiRefusal';
    this.code = code;
    this.more = more;
    this.retryAfterMs = retryAfterMs;
  }

  get status(): number {
    return errorStatus[this.code];
  }
}

/**
 * The exact bytes of a body, which a signed request's hash is over.
 * @throws ApiRefusal 415, 413, 400
 */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const length = Number(request.headers['content-length'] ?? 0);
  if (length > deviceLimits.bodyBytes) throw new ApiRefusal('too_large');
  if (length > 0 || request.headers['transfer-encoding'] !== undefined) requireJson(request);
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > deviceLimits.bodyBytes) throw new ApiRefusal('too_large');
      chunks.push(chunk);
    }
  } catch (error) {
    throw error instanceof ApiRefusal ? error : new ApiRefusal('malformed');
  }
  return Buffer.concat(chunks);
}

function requireJson(request: IncomingMessage): void {
  const type = (request.headers['content-type'] ?? '').toLowerCase().replace(/\s/g, '');
  const plain = (request.headers['content-encoding'] ?? 'identity').toLowerCase() === 'identity';
  if (plain && /^application\/json(;charset="?utf-8"?)?$/.test(type)) return;
  throw new ApiRefusal('media_type');
}

/** @throws ApiRefusal 400 for anything but JSON in UTF-8 without a member twice */
export function readJson(body: Buffer): unknown {
  try {
    return parseStrictJson(body);
  } catch {
    throw new ApiRefusal('malformed');
  }
}
