import { expect } from '@jest/globals';
import type { Visit } from '../browser.js';

/** "Not now, come back": for people a page, for programs JSON, and when to come back for both. */
export function expectUnavailable(answer: Visit): void {
  expect(answer).toMatchObject({ status: 503 });
  expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
  expectNothingInside(answer);
  if (answer.headers.get('content-type')?.startsWith('application/json') === true) {
    expect(JSON.parse(answer.body)).toMatchObject({ error: 'temporarily_unavailable' });
  } else {
    expect(answer.body).toContain('<h1');
  }
}

/** A page that says what to do next, with a status of the caller's side. */
export function expectPage(answer: Visit): void {
  expect(answer.status).toBeGreaterThanOrEqual(400);
  expect(answer.status).toBeLessThan(500);
  expect(answer.body).toContain('<h1');
  expectNothingInside(answer);
}

/** Neither a stack nor the name of what is behind. */
export function expectNothingInside(answer: Visit): void {
  expect(answer.body).not.toMatch(/\n\s+at |ECONN|ioredis|Redis|Postgres|SELECT |node_modules/i);
}
