import type { IncomingMessage } from 'node:http';
import { FormRefused } from '../../../web/form-errors.js';
import { readBody } from '../../../web/forms.js';
import { RegistrationRefused } from './registration-refused.js';

/** Far more than twenty addresses and a set of keys need. */
const LIMIT = 64 * 1024;

/**
 * The JSON body of a request, in UTF-8.
 * @throws RegistrationRefused 413 beyond 64 kB, 400 for anything else than JSON
 */
export async function jsonBody(request: IncomingMessage): Promise<unknown> {
  const type = (request.headers['content-type'] ?? '').toLowerCase();
  const plain = (request.headers['content-encoding'] ?? 'identity').toLowerCase() === 'identity';
  if (!plain || !/^application\/json\s*(;|$)/.test(type)) {
    throw refused('the body must be application/json', 415);
  }
  if (Number(request.headers['content-length'] ?? 0) > LIMIT) throw tooLarge();
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(await readBody(request, LIMIT));
    return JSON.parse(text) as unknown;
  } catch (error) {
    if (error instanceof FormRefused && error.status === 413) throw tooLarge();
    throw refused('the body is not JSON in UTF-8', 400);
  }
}

const tooLarge = () => refused(`the body is longer than ${LIMIT} bytes`, 413);
const refused = (message: string, status: number) =>
  new RegistrationRefused('invalid_client_metadata', message, status);
