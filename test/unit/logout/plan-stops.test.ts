import { expect, test } from '@jest/globals';
import type { BrowserVisitor } from '../../../src/logout/browser-visit.js';
import { planStops } from '../../../src/logout/plan-stops.js';
import type { Participant } from '../../../src/sessions/session.js';

const participant = (relyingParty: string, name: string, protocol = 'toy'): Participant => ({
  protocol,
  relyingParty,
  since: 0,
  state: { name },
});

const visitor: BrowserVisitor = {
  addressOf: ({ relyingParty }) => (relyingParty === 'mute' ? null : 'https://service.example/'),
  areOne: (one, other) => one.state['name'] === other.state['name'],
  visit: () => Promise.resolve(null),
};
const visitors = new Map([['toy', visitor]]);
const entry = (one: Participant) => ({
  key: `${one.protocol}:${one.relyingParty}`,
  participant: one,
});

test('one visit to each service, with everything that one message can say', () => {
  const [here, elsewhere, stranger] = [
    participant('a', 'alice'),
    participant('a', 'alice'),
    participant('a', 'somebody'),
  ];
  const { stops, unreached } = planStops([here, elsewhere, stranger].map(entry), visitors);
  expect(stops).toMatchObject([
    { key: 'toy:a', participants: [here, elsewhere], answers: null, state: 'waiting' },
  ]);
  expect(unreached).toEqual(['toy:a']);
});

test('nobody is visited whose protocol has no way, or who has no address', () => {
  const odd = [participant('mute', 'x'), participant('b', 'x', 'unknown')];
  expect(planStops(odd.map(entry), visitors)).toEqual({
    stops: [],
    unreached: ['toy:mute', 'unknown:b'],
  });
});

test('who may keep the browser comes last, whatever order they were entered in', () => {
  const keeper: BrowserVisitor = {
    ...visitor,
    comesLast: ({ relyingParty }) => relyingParty === 'keeper',
  };
  const entered = ['keeper', 'a', 'b'].map((id) => entry(participant(id, 'x')));
  const { stops } = planStops(entered, new Map([['toy', keeper]]));
  expect(stops.map(({ key }) => key)).toEqual(['toy:a', 'toy:b', 'toy:keeper']);
});
