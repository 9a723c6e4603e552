import { readActivationCode } from '../../../devices/wire/activation-code.js';

/** Where in the app somebody is. All of it is in the fragment, which no server sees. */
export type Route =
  | { at: 'home' }
  | { at: 'help' }
  | { at: 'add' }
  | { at: 'activate' | 'code' | 'settings'; profile: string }
  | { at: 'approve'; profile: string; challenge: string };

/** What an address asks for: a place, an activation (a link or the phone's own camera), or the request a notification was about. */
export type Opened =
  | { kind: 'route'; route: Route }
  | { kind: 'activation'; code: string | null }
  | { kind: 'challenge'; challenge: string };

const profileId = /^prf_[\w-]{22}$/;
const challengeId = /^chl_[\w-]{22}$/;

export function readFragment(fragment: string): Opened {
  const activation = /^#a=(.*)$/s.exec(fragment);
  if (activation !== null) {
    return { kind: 'activation', code: readActivationCode(activation[1] ?? '') };
  }
  const challenge = /^#c=(.*)$/s.exec(fragment)?.[1];
  if (challenge !== undefined && challengeId.test(challenge))
    return { kind: 'challenge', challenge };
  return { kind: 'route', route: readRoute(fragment) };
}

function readRoute(fragment: string): Route {
  const [, at, profile = '', challenge = ''] = fragment.split('/');
  if (at === 'help' || at === 'add') return { at };
  if (!profileId.test(profile)) return { at: 'home' };
  if (at === 'activate' || at === 'code' || at === 'settings') return { at, profile };
  if (at === 'approve' && challengeId.test(challenge)) return { at, profile, challenge };
  return { at: 'home' };
}

export function fragmentOf(route: Route): string {
  if (route.at === 'home') return '#/';
  const parts = 'profile' in route ? [route.at, route.profile] : [route.at];
  return `#/${[...parts, ...('challenge' in route ? [route.challenge] : [])].join('/')}`;
}
