import { describe, expect, test } from '@jest/globals';
import { createLogger } from '../../../src/audit/log-writer.js';
import type { LogLevel } from '../../../src/audit/log-writer.js';
import { DependencyUnavailable } from '../../../src/kernel/errors.js';
import { ManualClock } from '../../support/manual-clock.js';

function written(level: LogLevel = 'debug') {
  const lines: { line: string; level: LogLevel }[] = [];
  const logger = createLogger({
    write: (line, at) => lines.push({ line, level: at }),
    clock: new ManualClock(0),
    level,
  });
  return { logger, lines };
}

test('an event is one line of JSON with time, level and its fields', () => {
  const { logger, lines } = written();
  logger.info('person.added', { person: 'per_1', count: 2, note: 'two\nlines', gone: undefined });
  expect(lines).toHaveLength(1);
  expect(lines[0]?.line).not.toContain('\n');
  expect(JSON.parse(lines[0]?.line ?? '')).toEqual({
    time: '1970-01-01T00:00:00.000Z',
    level: 'info',
    event: 'person.added',
    person: 'per_1',
    count: 2,
    note: 'two\nlines',
  });
});

test('levels below the configured one are not written', () => {
  const { logger, lines } = written('warn');
  logger.debug('a.b');
  logger.info('a.b');
  logger.warn('a.b');
  logger.error('a.b');
  expect(lines.map(({ level }) => level)).toEqual(['warn', 'error']);
});

test('an error is told with code, message, stack and cause, without its other properties', () => {
  const { logger, lines } = written();
  const cause = Object.assign(new Error('refused'), { code: 'ECONNREFUSED', detail: 'canary-row' });
  logger.error('storage.failed', {}, new DependencyUnavailable('the database', cause));
  const { error } = JSON.parse(lines[0]?.line ?? '') as { error: Record<string, unknown> };
  expect(error).toMatchObject({
    name: 'DependencyUnavailable',
    code: 'service_unavailable',
    message: 'the database is unavailable',
    cause: { code: 'ECONNREFUSED', message: 'refused' },
  });
  expect(error['stack']).toContain('log-writer.test');
  expect(lines[0]?.line).not.toContain('canary-row');
});

test('a cause that leads back to its error ends somewhere', () => {
  const { logger, lines } = written();
  const error = new Error('round');
  error.cause = error;
  logger.error('a.b', {}, error);
  expect(lines).toHaveLength(1);
});

describe('canaries planted in texts of others do not reach the log', () => {
  const canary = 'CANARY-7f3a';
  test.each([
    `connect failed: postgres://drawbridge:${canary}@db.example.org:5432/bridge`,
    `connect failed: postgres://drawbridge:${canary}/with@signs@db.example.org/bridge?sslmode=require`,
    `redis://:${canary}@127.0.0.1:6379 does not answer`,
    `smtp://mailer:${canary}@mail.example.org said 535`,
    `GET https://rp.example.org/callback?code=${canary}&state=x failed`,
    `GET /oidc/authorize?login_hint=x&id_token_hint=${canary} failed`,
    `redirect to https://rp.example.org/cb#access_token=${canary}`,
    `host=db user=drawbridge password=${canary} dbname=bridge`,
    `{"client_secret": "${canary}"}`,
    `Authorization: Bearer ${canary}${canary}`,
    `sent Basic ${canary}${canary}==`,
    `set-cookie: __Host-session=${canary}; Path=/`,
  ])('%s', (message) => {
    const { logger, lines } = written();
    logger.error('x.failed', { message }, new Error(message, { cause: new Error(message) }));
    logger.error('x.failed', {}, Object.assign(new TypeError(message), { code: message }));
    logger.warn('x.failed', {}, message);
    expect(lines.map(({ line }) => line).join('\n')).not.toContain(canary);
  });

  test('what helps an operator stays', () => {
    const { logger, lines } = written();
    logger.error(
      'x.failed',
      {},
      new Error('postgres://bridge:secret@db.example.org:5432/bridge: ECONNREFUSED'),
    );
    const { error } = JSON.parse(lines[0]?.line ?? '') as { error: { message: string } };
    expect(error.message).toBe('postgres://db.example.org:5432/bridge: ECONNREFUSED');
  });
});
