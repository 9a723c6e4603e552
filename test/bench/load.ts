import { Secret, TOTP } from 'otpauth';
import type { DrawbridgeReady } from './processes/drawbridge-server.js';

/** Somebody of a measured server, with what they need to sign in. */
export interface BenchPerson {
  username: string;
  code: () => string;
}

/** People of the server, each handed out once: a code counts once, and a first sign-in happens once. */
export function peopleOf({ people }: DrawbridgeReady): (count: number) => BenchPerson[] {
  const left = people.map(({ username, secret }) => {
    const totp = new TOTP({ secret: Secret.fromBase32(secret) });
    return { username, code: () => totp.generate() };
  });
  return (count) => left.splice(0, count);
}

/** Runs jobs, at most `abreast` at a time. */
export async function inLanes(
  jobs: readonly (() => Promise<unknown>)[],
  abreast: number,
): Promise<void> {
  const waiting = [...jobs];
  const lane = async () => {
    for (let job = waiting.shift(); job !== undefined; job = waiting.shift()) await job();
  };
  await Promise.all(Array.from({ length: abreast }, lane));
}
