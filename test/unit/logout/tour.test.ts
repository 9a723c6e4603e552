import { describe, expect, test } from '@jest/globals';
import {
  askedAgain,
  giveUpSent,
  markLooked,
  markSent,
  markUnreached,
  nextStop,
  resultOf,
  takeAnswer,
  type Stop,
  type TourRecord,
} from '../../../src/logout/tour.js';

const stop = (key: string, changes: Partial<Stop> = {}): Stop => ({
  key,
  participants: [{ protocol: 'saml', relyingParty: key, since: 0, state: {} }],
  answers: 'yes',
  state: 'waiting',
  messageId: null,
  ...changes,
});

const tour = (stops: Stop[], changes: Partial<TourRecord> = {}): TourRecord => ({
  v: 1,
  browser: 'hash',
  person: 'per_1' as TourRecord['person'],
  session: null,
  told: [],
  unreached: [],
  stops,
  after: { kind: 'page', path: '/' },
  everywhere: false,
  expiresAt: 0,
  over: false,
  ...changes,
});

const states = ({ stops }: TourRecord) => stops.map(({ state }) => state);

describe('the next stop', () => {
  test.each<[string, Stop[], number]>([
    ['none of none', [], -1],
    ['the first that answers', [stop('a'), stop('b')], 0],
    ['who did not answer comes last', [stop('a', { answers: 'unsure' }), stop('b')], 1],
    [
      'who did not answer, when all others are done',
      [stop('a', { answers: 'unsure' }), stop('b', { state: 'reached' })],
      0,
    ],
    ['nobody twice', [stop('a', { state: 'sent' }), stop('b', { state: 'unreached' })], -1],
    ['nobody who was not looked for', [stop('a', { answers: null })], -1],
  ])('%s', (_, stops, expected) => {
    expect(nextStop(tour(stops))).toBe(expected);
  });
});

test('who was looked for in vain is not visited, and nobody is judged twice', () => {
  const looked = markLooked(
    tour([stop('a', { answers: null }), stop('b', { answers: null }), stop('c')]),
    new Map([
      ['a', 'no'],
      ['b', 'unsure'],
      ['c', 'no'],
    ]),
  );
  expect(looked.stops).toMatchObject([
    { state: 'unreached' },
    { state: 'waiting', answers: 'unsure' },
    { state: 'waiting', answers: 'yes' },
  ]);
});

test('a browser that comes back without an answer has not told anybody', () => {
  const before = tour([stop('a', { state: 'sent' }), stop('b', { state: 'reached' }), stop('c')]);
  expect(states(giveUpSent(before))).toEqual(['unreached', 'reached', 'waiting']);
});

describe('an answer', () => {
  const asked = markSent(tour([stop('a'), stop('b')]), 0, 'm1');
  const answer = { key: 'a', messageId: 'm1', done: true };

  test.each<[string, TourRecord, typeof answer, string[] | null]>([
    ['is taken', asked, answer, ['reached', 'waiting']],
    [
      'that it did not work is taken too',
      asked,
      { ...answer, done: false },
      ['unreached', 'waiting'],
    ],
    ['comes late', giveUpSent(asked), answer, ['reached', 'waiting']],
    ['of another participant', asked, { ...answer, key: 'b' }, null],
    ['to another message', asked, { ...answer, messageId: 'm2' }, null],
    ['to a message that was never sent', tour([stop('a')]), answer, null],
  ])('%s', (_, before, given, expected) => {
    const after = takeAnswer(before, given);
    expect(after && states(after)).toEqual(expected);
  });

  test('once reached is reached: later answers change nothing', () => {
    const reached = takeAnswer(asked, answer) as TourRecord;
    expect(takeAnswer(reached, answer)).toBe(reached);
    expect(takeAnswer(reached, { ...answer, done: false })).toBe(reached);
  });
});

test('asked again: who was being visited is visited again, who asks knows, and the new answer counts', () => {
  const before = tour([stop('a', { state: 'sent' }), stop('b'), stop('c', { state: 'reached' })]);
  const after = { kind: 'url', url: 'https://b.example/', relyingParty: 'b' } as const;
  const again = askedAgain(before, after, 'b');
  expect(states(again)).toEqual(['waiting', 'reached', 'reached']);
  expect(again.after).toEqual(after);
});

test('the result names everybody once, and who was not told of everything was not told', () => {
  const ended = tour(
    [
      stop('saml:a', { state: 'reached' }),
      stop('saml:b', { state: 'unreached' }),
      stop('saml:c', { state: 'reached' }),
    ],
    { told: ['oidc:z', 'oidc:a'], unreached: ['saml:c', 'saml:d'] },
  );
  expect(resultOf(ended)).toEqual({
    reached: ['oidc:a', 'oidc:z', 'saml:a'],
    unreached: ['saml:b', 'saml:c', 'saml:d'],
  });
  expect(resultOf(markUnreached(ended, 0)).unreached).toContain('saml:a');
});
