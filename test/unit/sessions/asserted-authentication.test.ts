import { describe, expect, test } from '@jest/globals';
import {
  assertedAuthentication,
  MULTIPLE_AUTHN,
  type AskedAuthentication,
  type AssertingProtocol,
  type GivenProofs,
} from '../../../src/sessions/asserted-authentication.js';
import type { FactorCategory, FactorEvent } from '../../../src/sessions/factor-event.js';

const NOW = 1_000_000_000;
const SECOND = 1_000;

const kinds: Readonly<Record<string, FactorCategory>> = {
  password: 'knowledge',
  pin: 'knowledge',
  otp: 'possession',
  face: 'inherence',
};
const event = (factor: string, secondsAgo: number): FactorEvent => ({
  factor,
  category: kinds[factor] ?? 'possession',
  amr: factor,
  at: NOW - secondsAgo * SECOND,
});
const nothing: AskedAuthentication = {
  method: 'any',
  force: false,
  maxAge: null,
  multiFactorMaxAge: null,
};
const password = {
  'ws-federation': 'urn:oasis:names:tc:SAML:1.0:am:password',
  saml: 'urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport',
  'external-mfa': '',
};

describe('by example', () => {
  const earlier = (...events: FactorEvent[]): GivenProofs => ({ earlier: events, recent: [] });
  const recent = (...events: FactorEvent[]): GivenProofs => ({ earlier: [], recent: events });
  const ask = (changes: Partial<AskedAuthentication>) => ({ ...nothing, ...changes });
  const both = [event('password', 600), event('otp', 590)];

  test.each<[string, GivenProofs, AskedAuthentication, string | null]>([
    ['nobody has proved anything', earlier(), nothing, null],
    ['a password', earlier(event('password', 600)), nothing, 'password'],
    ['a password and a code', earlier(...both), nothing, 'multi'],
    [
      'two things that are known',
      earlier(event('password', 9), event('pin', 9)),
      nothing,
      'password',
    ],
    ['two kinds without a password', earlier(event('otp', 9), event('face', 9)), nothing, null],
    [
      'asked for both, and there are both',
      earlier(...both),
      ask({ method: 'multi-factor' }),
      'multi',
    ],
    [
      'asked for both, and there is one',
      earlier(event('password', 600)),
      ask({ method: 'multi-factor' }),
      null,
    ],
    [
      'both, but too long ago',
      earlier(...both),
      ask({ method: 'multi-factor', multiFactorMaxAge: 300 * SECOND }),
      null,
    ],
    [
      'both long ago, and nobody asked for more than how old they are',
      earlier(...both),
      ask({ multiFactorMaxAge: 300 * SECOND }),
      'password',
    ],
    ['wfresh=0 on a session', earlier(...both), ask({ force: true }), null],
    ['wfresh=0 after a sign-in', recent(...both), ask({ force: true }), 'multi'],
    [
      'slow, but asked and signed in for it',
      recent(...both),
      ask({ method: 'multi-factor', multiFactorMaxAge: 300 * SECOND }),
      'multi',
    ],
    [
      'a code now, on top of the password of the session',
      { earlier: [event('password', 600)], recent: [event('otp', 1)] },
      ask({ method: 'multi-factor' }),
      'multi',
    ],
  ])('%s', (_name, given, asked, method) => {
    const uri = { multi: MULTIPLE_AUTHN, password: password['ws-federation'] };
    expect(assertedAuthentication('ws-federation', given, asked, NOW)).toMatchObject({
      method: method === null ? null : uri[method as keyof typeof uri],
    });
  });

  test('the instant is that of the oldest proof that the method rests on', () => {
    const given = earlier(event('password', 600), event('password', 20), event('otp', 50));
    const at = (asked: AskedAuthentication) =>
      assertedAuthentication('saml', given, asked, NOW).instant;
    expect(at(nothing)).toBe(NOW - 50 * SECOND);
    expect(at(ask({ multiFactorMaxAge: 30 * SECOND }))).toBe(NOW - 20 * SECOND);
  });
});

describe('the reference that External MFA names', () => {
  const said = (recent: FactorEvent[], references?: string[]) =>
    assertedAuthentication(
      'external-mfa',
      { earlier: [event('face', 9)], recent },
      { ...nothing, ...(references && { references }) },
      NOW,
    );
  const push = { ...event('push', 20), amr: 'swk' };

  test('is that of the proof, not of what its factor could have been', () => {
    expect(said([push])).toMatchObject({ method: 'possessionorinherence', reference: 'swk' });
    expect(said([push], ['hwk'])).toMatchObject({ method: null, reference: null });
  });

  test('of several it is the newest that was asked for', () => {
    expect(said([push, event('otp', 5)]).reference).toBe('otp');
    expect(said([push, event('otp', 5)], ['swk'])).toMatchObject({
      reference: 'swk',
      instant: NOW - 20 * SECOND,
    });
  });

  test.each(['mail', 'user', 'mfa', 'rba', 'OTP', ''])('"%s" is none that Entra takes', (amr) => {
    const proof = { ...event('badge', 5), amr };
    expect(said([proof])).toMatchObject({ method: null, reference: null });
    expect(said([proof], [amr])).toMatchObject({ method: null, reference: null });
  });

  test('something known is none, whatever it is called', () => {
    expect(said([{ ...event('pin', 5), amr: 'otp' }]).method).toBeNull();
  });

  test('what was proved before this request is none', () => {
    expect(said([]).method).toBeNull();
  });
});

/** What is true, in other words: by name, and without the functions that are tested. */
function oracle(
  protocol: AssertingProtocol,
  given: GivenProofs,
  asked: AskedAuthentication,
): {
  method: string | null;
  multiFactor: boolean;
  instant: number | null;
  reference: string | null;
} {
  const age = ({ at }: FactorEvent) => NOW - at;
  const isOld = (one: FactorEvent, limit: number | null) => limit !== null && age(one) > limit;
  if (protocol === 'external-mfa') {
    const wanted = asked.references ?? ['otp', 'face'];
    const had = given.recent.filter(
      ({ factor }) => ['otp', 'face'].includes(factor) && wanted.includes(factor),
    );
    const youngest = had.toSorted((a, b) => b.at - a.at)[0];
    return youngest === undefined
      ? {
          method: null,
          multiFactor: false,
          instant: null,
          reference: null,
        }
      : {
          method: 'possessionorinherence',
          multiFactor: false,
          instant: youngest.at,
          reference: youngest.factor,
        };
  }
  const reference = null;
  const all: FactorEvent[] = [];
  const forMulti: FactorEvent[] = [];
  for (const one of given.earlier) {
    if (asked.force || isOld(one, asked.maxAge)) continue;
    all.push(one);
    if (!isOld(one, asked.multiFactorMaxAge)) forMulti.push(one);
  }
  for (const one of given.recent) {
    all.push(one);
    if (asked.method === 'multi-factor' || !isOld(one, asked.multiFactorMaxAge)) forMulti.push(one);
  }
  const has = (list: FactorEvent[], ...names: string[]) =>
    list.some(({ factor }) => names.includes(factor));
  const multiFactor = has(forMulti, 'password') && has(forMulti, 'otp', 'face');
  if (multiFactor) {
    const newest = ['knowledge', 'possession', 'inherence'].flatMap((category) => {
      const times = forMulti.filter((one) => one.category === category).map(({ at }) => at);
      return times.length === 0 ? [] : [Math.max(...times)];
    });
    return {
      method: MULTIPLE_AUTHN,
      multiFactor,
      instant: newest.toSorted((a, b) => a - b)[0] ?? null,
      reference,
    };
  }
  if (asked.method === 'multi-factor') {
    return { method: null, multiFactor, instant: null, reference };
  }
  const found = all.find(({ factor }) => factor === 'password');
  return found === undefined
    ? { method: null, multiFactor, instant: null, reference }
    : { method: password[protocol], multiFactor, instant: found.at, reference };
}

/** Every protocol, and of External MFA every sort of demand for a reference. */
const tongues: readonly [AssertingProtocol, string[] | null][] = [
  ['ws-federation', null],
  ['saml', null],
  ['external-mfa', null],
  ['external-mfa', ['otp']],
  ['external-mfa', ['face', 'fido']],
  ['external-mfa', ['otp', 'face']],
  ['external-mfa', ['sms', 'pin', 'password']],
  ['external-mfa', []],
];

test('the whole table: every set of factors, age, demand and protocol', () => {
  const places = ['absent', 'earlier 10', 'earlier 100', 'earlier 1000', 'recent 1', 'recent 150'];
  const limits = [null, 50 * SECOND, 500 * SECOND];
  const names = Object.keys(kinds);
  let cases = 0;
  for (let code = 0; code < places.length ** names.length; code += 1) {
    const given = { earlier: [] as FactorEvent[], recent: [] as FactorEvent[] };
    let rest = code;
    for (const name of names) {
      const [when, seconds] = (places[rest % places.length] ?? '').split(' ');
      rest = Math.floor(rest / places.length);
      if (when === 'earlier' || when === 'recent') given[when].push(event(name, Number(seconds)));
    }
    for (const method of ['any', 'password', 'multi-factor'] as const) {
      for (const force of [false, true]) {
        for (const maxAge of limits) {
          for (const multiFactorMaxAge of limits) {
            const ages = { method, force, maxAge, multiFactorMaxAge };
            for (const [protocol, references] of tongues) {
              const asked = { ...ages, ...(references && { references }) };
              cases += 1;
              const said = assertedAuthentication(protocol, given, asked, NOW);
              const meant = oracle(protocol, given, asked);
              if (JSON.stringify({ ...said }) === JSON.stringify(sorted(meant, said))) continue;
              expect({ given, asked, protocol, ...said }).toEqual({
                given,
                asked,
                protocol,
                ...meant,
              });
            }
          }
        }
      }
    }
  }
  expect(cases).toBe(6 ** 4 * 3 * 2 * 3 * 3 * tongues.length);
}, 60_000);

/** With the keys in the order of the other, which makes comparing text enough. */
function sorted<Value extends object>(value: Value, like: object): object {
  return Object.fromEntries(Object.keys(like).map((key) => [key, value[key as keyof Value]]));
}
