import { expect, test } from '@jest/globals';
import type { Person } from '../../../src/directory/person.js';
import {
  judgeAndIssue,
  type Entrant,
  type JudgedFacts,
} from '../../../src/login/judge-and-issue.js';
import type { StoredSession } from '../../../src/sessions/session-store.js';

// Of a person only what makes a session theirs is looked at here; the rest is the protocols'.
const person = (changes: Partial<Person> = {}) =>
  ({ id: 'prs_1', epoch: 1, disabled: false, name: 'first', ...changes }) as Person;
const session = {
  session: { id: 'ses_1', person: 'prs_1', epoch: 1, events: [] },
} as unknown as StoredSession;
const entrant: Entrant = { session, person: person(), ended: null, clientAddress: '192.0.2.1' };

/** Judges everybody as enough; issues what the given answers say, one after the other. */
async function run(
  answers: readonly ('issued' | 'person-changed')[],
  now: Person | null,
  who: Entrant = entrant,
) {
  const judged: JudgedFacts[] = [];
  const left = [...answers];
  const outcome = await judgeAndIssue(
    { clock: { now: () => 7 }, directory: { find: async () => now } },
    who,
    {
      judge: (facts: JudgedFacts) => {
        judged.push(facts);
        const verdict = facts.person.name === 'weak' ? 'insufficient' : 'sufficient';
        return { verdict };
      },
      issue: async ({ name }) => ({ outcome: left.shift() ?? 'issued', name }) as const,
    },
  );
  return { outcome, names: judged.map((facts) => facts.person.name), judged };
}

test('somebody who was changed in between is judged anew, as they are now', async () => {
  const again = await run(['person-changed', 'issued'], person({ name: 'now' }));
  expect(again.names).toEqual(['first', 'now']);
  expect(again.outcome).toEqual({ outcome: 'issued', name: 'now' });
  const weaker = await run(['person-changed', 'issued'], person({ name: 'weak' }));
  expect(weaker.outcome).toEqual({ verdict: 'insufficient' });
});

test.each([
  ['gone', null],
  ['disabled', person({ disabled: true })],
  ['of another epoch', person({ epoch: 2 })],
])('somebody who is %s by then gets nothing', async (_name, now) => {
  const { outcome, names } = await run(['person-changed'], now);
  expect(outcome).toEqual({ verdict: 'gone' });
  expect(names).toEqual(['first']);
});

test('it is not tried for ever', async () => {
  const changing = Array.from({ length: 9 }, () => 'person-changed' as const);
  const { outcome, names } = await run(changing, person());
  expect(outcome).toEqual({ verdict: 'gone' });
  expect(names).toHaveLength(3);
});

test('a sign-in counts only for the session that it gave', async () => {
  const ended = (id: string) =>
    ({ result: { outcome: 'completed', session: id }, use: {} }) as unknown as Entrant['ended'];
  const own = await run(['issued'], null, { ...entrant, ended: ended('ses_1') });
  expect(own.judged[0]?.ended).toMatchObject({ session: 'ses_1' });
  const other = await run(['issued'], null, { ...entrant, ended: ended('ses_2') });
  expect(other.judged[0]?.ended).toBeNull();
});
