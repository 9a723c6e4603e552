import type { ErrorRequestHandler, Response } from 'express';
import { DependencyUnavailable, Overloaded } from '../kernel/errors.js';
import type { StoredAnswer } from '../devices/signed-request/signed-request.js';
import { ApiRefusal } from './api-request.js';

export const jsonAnswer = (body: object, status = 200): StoredAnswer => ({
  status,
  body: JSON.stringify(body),
});

export const emptyAnswer: StoredAnswer = { status: 204, body: '' };

export const refusalAnswer = ({ status, code, more }: ApiRefusal): StoredAnswer =>
  jsonAnswer({ error: code, ...more }, status);

export function sendAnswer(response: Response, { status, body }: StoredAnswer): void {
  response.status(status).set('Cache-Control', 'no-store').set('X-Content-Type-Options', 'nosniff');
  if (body === '') response.end();
  else response.type('application/json').end(body);
}

/** Phones get JSON whatever goes wrong; what is no refusal of ours goes to the log as anywhere. */
export function apiErrors(deps: {
  onError: (error: unknown, path: string) => void;
  noticed: (error: unknown) => void;
}): ErrorRequestHandler {
  return (error: unknown, request, response, next) => {
    if (response.headersSent) {
      next(error);
      return;
    }
    deps.noticed(error);
    if (error instanceof ApiRefusal) {
      if (error.code === 'too_large') response.set('Connection', 'close');
      if (error.retryAfterMs !== null) {
        response.set('Retry-After', String(Math.max(1, Math.ceil(error.retryAfterMs / 1_000))));
      }
      sendAnswer(response, refusalAnswer(error));
      return;
    }
    if (!(error instanceof DependencyUnavailable || error instanceof Overloaded)) {
      deps.onError(error, request.path);
    }
    response.set('Retry-After', '2');
    sendAnswer(response, jsonAnswer({ error: 'unavailable' }, 503));
  };
}
