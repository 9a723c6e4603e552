import { describe, expect, test } from '@jest/globals';
import { nextStep, type NextStep, type NextStepFacts } from '../../../src/login/next-step.js';
import type { FactorEvent } from '../../../src/sessions/factor-event.js';

const password: FactorEvent = { factor: 'password', category: 'knowledge', amr: 'pwd', at: 1 };
const otp: FactorEvent = { factor: 'otp', category: 'possession', amr: 'otp', at: 2 };
const app = { factor: 'otp', category: 'possession', use: 'ordinary' } as const;
const push = { factor: 'push', category: 'possession', use: 'ordinary' } as const;
const paper = { factor: 'recovery-code', category: 'possession', use: 'fallback' } as const;
const secondPassword = { factor: 'pin', category: 'knowledge', use: 'ordinary' } as const;

const facts: NextStepFacts = {
  personKnown: true,
  mustChangePassword: false,
  countable: [password],
  demand: { factors: 2, allowedFactors: null },
  enrolled: [app],
  outOfUse: null,
  enrollable: [],
  chosen: null,
};
const one = { factors: 1, allowedFactors: null } as const;
const canEnrol = [{ factor: 'otp', category: 'possession' }] as const;
const canEnrolBoth = [
  { factor: 'push', category: 'possession' },
  { factor: 'otp', category: 'possession', askedFirst: true },
] as const;

const table: [string, Partial<NextStepFacts>, NextStep][] = [
  ['nobody known yet', { personKnown: false, countable: [] }, { step: 'password' }],
  [
    'known from the session, but the password is too old',
    { countable: [otp] },
    { step: 'password' },
  ],
  ['password, one factor demanded', { demand: one }, { step: 'complete' }],
  [
    'password, two demanded, factors not looked up',
    { enrolled: null },
    { step: 'look-up-factors' },
  ],
  ['password, two demanded, one app', {}, { step: 'factor', factor: 'otp' }],
  ['two ordinary factors', { enrolled: [app, push] }, { step: 'choose-factor' }],
  [
    'two ordinary factors, one picked',
    { enrolled: [app, push], chosen: 'push' },
    { step: 'factor', factor: 'push' },
  ],
  [
    'two ordinary factors, one asked first',
    { enrolled: [app, { ...push, askedFirst: true }] },
    { step: 'factor', factor: 'push' },
  ],
  [
    'two ordinary factors, the other used last in this browser',
    { enrolled: [app, { ...push, askedFirst: true }], remembered: 'otp' },
    { step: 'factor', factor: 'otp' },
  ],
  [
    'remembered, but picked another',
    { enrolled: [app, push], remembered: 'otp', chosen: 'push' },
    { step: 'factor', factor: 'push' },
  ],
  [
    'a fallback is not remembered',
    { enrolled: [app, push, paper], remembered: 'recovery-code' },
    { step: 'choose-factor' },
  ],
  ['an app and paper codes', { enrolled: [app, paper] }, { step: 'factor', factor: 'otp' }],
  [
    'paper codes picked',
    { enrolled: [app, paper], chosen: 'recovery-code' },
    { step: 'factor', factor: 'recovery-code' },
  ],
  ['only paper codes', { enrolled: [paper] }, { step: 'factor', factor: 'recovery-code' }],
  ['a factor picked that is not there', { chosen: 'push' }, { step: 'factor', factor: 'otp' }],
  ['both proved', { countable: [password, otp] }, { step: 'complete' }],
  [
    'both proved, password must be changed',
    { countable: [password, otp], mustChangePassword: true },
    { step: 'change-password' },
  ],
  [
    'password must be changed, but the second factor comes first',
    { mustChangePassword: true },
    { step: 'factor', factor: 'otp' },
  ],
  [
    'password must be changed, one factor demanded, but there is a second one to show',
    { demand: one, mustChangePassword: true },
    { step: 'factor', factor: 'otp' },
  ],
  [
    'password must be changed, one factor demanded, factors not looked up',
    { demand: one, mustChangePassword: true, enrolled: null },
    { step: 'look-up-factors' },
  ],
  [
    'password must be changed, one factor demanded, nothing more to show',
    { demand: one, mustChangePassword: true, enrolled: [], enrollable: canEnrol },
    { step: 'change-password' },
  ],
  [
    'password must be changed, one factor demanded, what there was to show is out of use',
    { demand: one, mustChangePassword: true, enrolled: [], outOfUse: 'push_removed' },
    { step: 'fail', reason: 'push_removed' },
  ],
  [
    'one factor demanded, and the other out of use',
    { demand: one, enrolled: [], outOfUse: 'push_removed' },
    { step: 'complete' },
  ],
  [
    'nothing can be used, and what there was is out of use',
    { enrolled: [], enrollable: canEnrol, outOfUse: 'push_locked' },
    { step: 'fail', reason: 'push_locked' },
  ],
  [
    'password must be changed, one factor demanded, both shown',
    { demand: one, mustChangePassword: true, countable: [password, otp] },
    { step: 'change-password' },
  ],
  [
    'password must be changed, and what there is to show does not count here',
    { demand: { factors: 1, allowedFactors: ['push'] }, mustChangePassword: true },
    { step: 'fail', reason: 'strength_unreachable' },
  ],
  [
    'a second proof of the same kind is no second factor',
    { enrolled: [secondPassword] },
    { step: 'fail', reason: 'strength_unreachable' },
  ],
  [
    'the only factor is not allowed here',
    { demand: { factors: 2, allowedFactors: ['push'] } },
    { step: 'fail', reason: 'strength_unreachable' },
  ],
  [
    'nothing enrolled, enrolment allowed',
    { enrolled: [], enrollable: canEnrol },
    { step: 'enrol', factor: 'otp', others: [] },
  ],
  [
    'nothing enrolled, two can be set up, one of them shown first',
    { enrolled: [], enrollable: canEnrolBoth },
    { step: 'enrol', factor: 'otp', others: ['push'] },
  ],
  [
    'nothing enrolled, two can be set up, the other one picked',
    { enrolled: [], enrollable: canEnrolBoth, chosen: 'push' },
    { step: 'enrol', factor: 'push', others: ['otp'] },
  ],
  [
    'nothing enrolled, two can be set up, one of them counts here',
    {
      enrolled: [],
      enrollable: canEnrolBoth,
      chosen: 'otp',
      demand: { factors: 2, allowedFactors: ['push'] },
    },
    { step: 'enrol', factor: 'push', others: [] },
  ],
  [
    'one enrolled, another picked that could only be set up',
    { enrollable: canEnrolBoth, chosen: 'push' },
    { step: 'factor', factor: 'otp' },
  ],
  [
    'nothing enrolled, enrolment not allowed',
    { enrolled: [] },
    { step: 'fail', reason: 'no_factor_enrolled' },
  ],
  [
    'enrolment is no way round a factor one has',
    { demand: { factors: 2, allowedFactors: ['push'] }, enrollable: canEnrol },
    { step: 'fail', reason: 'strength_unreachable' },
  ],
  [
    'what may be enrolled is not allowed here',
    { enrolled: [], enrollable: canEnrol, demand: { factors: 2, allowedFactors: ['push'] } },
    { step: 'fail', reason: 'no_factor_enrolled' },
  ],
];

describe('what comes next in a sign-in', () => {
  test.each(table)('%s', (_name, change, expected) => {
    expect(nextStep({ ...facts, ...change })).toEqual(expected);
  });

  test('never completes without a password and the categories demanded', () => {
    for (const countable of [[], [otp], [password]]) {
      for (const enrolled of [null, [], [app], [paper], [app, paper]]) {
        for (const chosen of [null, 'otp', 'recovery-code']) {
          const next = nextStep({ ...facts, countable, enrolled, chosen, enrollable: canEnrol });
          expect(next.step).not.toBe('complete');
        }
      }
    }
  });
});
