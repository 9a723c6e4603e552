import type { IncomingMessage } from 'node:http';
import { FormRefused } from '../../../web/form-errors.js';
import { readJsonBody } from '../../../web/json-body.js';
import { RegistrationRefused } from './registration-refused.js';

/** Far more than twenty addresses and a set of keys need. */
const LIMIT = 64 * 1024;

/**
 * The JSON body of a request, in UTF-8.
 * @throws RegistrationRefused 413 beyond 64 kB, 415 for another type, 400 for anything else than JSON
 */
export async function jsonBody(request: IncomingMessage): Promise<unknown> {
  try {
    const body = await readJsonBody(request, LIMIT);
    if (body !== undefined) return body;
  } catch (error) {
    if (!(error instanceof FormRefused)) throw error;
    throw new RegistrationRefused('invalid_client_metadata', error.message, error.status);
  }
  throw new RegistrationRefused('invalid_client_metadata', 'the body must be JSON', 400);
}
