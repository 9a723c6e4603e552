import { expect, test } from '@jest/globals';
import { createSessionEnder, type ParticipantEnder } from '../../../src/sessions/end-session.js';
import { DependencyUnavailable } from '../../../src/kernel/errors.js';
import type { Participant, Session } from '../../../src/sessions/session.js';

const participants = (keys: readonly string[]): Record<string, Participant> =>
  Object.fromEntries(
    keys.map((key) => {
      const [protocol = '', relyingParty = ''] = key.split(':');
      return [key, { protocol, relyingParty, since: 0, state: {} }];
    }),
  );
const session = (keys: readonly string[]) => ({ participants: participants(keys) }) as Session;

const enders = new Map<string, ParticipantEnder>([
  ['server', () => Promise.resolve('told')],
  ['browser', () => Promise.resolve('visit')],
  ['broken', () => Promise.reject(new Error('gone'))],
]);
const end = (last: Session | null) =>
  createSessionEnder({
    noteEnd: () => Promise.resolve(),
    sessions: { end: () => Promise.resolve(last) },
    enders,
  });

test('who was told, who must be visited, who could not be told', async () => {
  const keys = ['server:a', 'broken:b', 'browser:c', 'unknown:d'];
  expect(await end(null)(session(keys))).toEqual({
    told: ['server:a'],
    unreached: ['broken:b', 'unknown:d'],
    toVisit: [{ key: 'browser:c', participant: participants(['browser:c'])['browser:c'] }],
  });
});

test('what was entered since the session was read counts too', async () => {
  const ended = await end(session(['server:a', 'server:late']))(session(['server:a']));
  expect(ended.told).toEqual(['server:a', 'server:late']);
});

test('whoever asked is not told what it said', async () => {
  const ended = await end(null)(session(['browser:a', 'browser:b']), 'browser:a');
  expect(ended.toVisit.map(({ key }) => key)).toEqual(['browser:b']);
});

test('a session is over durably before the short-lived store is asked, which may be away', async () => {
  const done: string[] = [];
  const away = createSessionEnder({
    noteEnd: async () => void done.push('noted'),
    sessions: {
      end: () => {
        done.push('asked');
        return Promise.reject(new DependencyUnavailable('Redis'));
      },
    },
    enders,
  });
  expect((await away(session(['server:a']))).told).toEqual(['server:a']);
  expect(done).toEqual(['noted', 'asked']);
});

test('a session whose end could not be written down is not ended by halves', async () => {
  let asked = false;
  const failing = createSessionEnder({
    noteEnd: () => Promise.reject(new DependencyUnavailable('PostgreSQL')),
    sessions: {
      end: () => {
        asked = true;
        return Promise.resolve(null);
      },
    },
    enders,
  });
  await expect(failing(session(['server:a']))).rejects.toThrow(DependencyUnavailable);
  expect(asked).toBe(false);
});
