import { expect, test } from '@jest/globals';
import { isMoved, isUnavailable } from '../../../../src/storage/ephemeral/redis-refusals.js';

const readOnly = "READONLY You can't write against a read only replica.";
const full = "OOM command not allowed when used memory > 'maxmemory'.";
const alone = 'NOREPLICAS Not enough good replicas to write.';
const unsaved =
  'MISCONF Redis is configured to save RDB snapshots, but it is currently not able to.';

/** As versions before 7 answer what a script may not write. */
const inScript = (refusal: string) =>
  'ERR Error running script (call to f_0b4f3a3b4ba1b8b53b9a3b6f1e8c5f60d4d1a7a2): ' +
  `@user_script:12: @user_script: 12: -${refusal}`;
/** As version 7 and later do. */
const ofScript = (refusal: string) => `${refusal} script: 0b4f3a3b, on @user_script:12.`;

test.each([readOnly, full, alone, unsaved])('a server that cannot write: %s', (refusal) => {
  for (const reply of [refusal, inScript(refusal), ofScript(refusal)]) {
    expect(isUnavailable(reply)).toBe(true);
    expect(isMoved(reply)).toBe(refusal === readOnly);
  }
});

test.each([
  'ERR wrong number of arguments',
  'WRONGTYPE Operation against a key holding the wrong kind of value',
  inScript('WRONGTYPE Operation against a key holding the wrong kind of value'),
  inScript('ERR value is not an integer or out of range'),
  'ERR Error running script (call to f_0b4f): @user_script:1: a member named x-OOM',
])('a fault of ours is none of the server: %s', (reply) => {
  expect([isUnavailable(reply), isMoved(reply)]).toEqual([false, false]);
});
