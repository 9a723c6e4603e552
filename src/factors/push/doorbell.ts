import type { Agent } from 'node:https';
import type { Logger } from '../../audit/log-writer.js';
import type { ProfileWriter } from '../../devices/device-store.js';
import type { Profile } from '../../devices/profile.js';
import type { Person } from '../../directory/person.js';
import type { Clock } from '../../kernel/clock.js';
import type { Challenge } from './challenge.js';
import { postPush } from './post-push.js';
import { isPushEndpoint } from './push-hosts.js';
import type { PushSettings } from './push-limits.js';
import { pushMessage, pushTopic } from './push-message.js';
import type { VapidKeys } from './vapid-keys.js';

/** How a push went; a metric's label. */
export const pushResults = ['sent', 'gone', 'paused', 'refused', 'failed'] as const;
export type PushResult = (typeof pushResults)[number];

export interface DoorbellDeps {
  profiles: Pick<ProfileWriter, 'subscription' | 'dropSubscription'>;
  settings: Pick<PushSettings, 'pushServices'>;
  vapid: VapidKeys & { subject: string };
  appUrl: string;
  /** Generic words, in the person's language. */
  words: (locale: string | null) => { title: string; body: string; lang: string };
  clock: Clock;
  logger: Pick<Logger, 'warn'>;
  count: (result: PushResult) => void;
  /** How connections are made; the system's way when left out. */
  agent?: Agent;
}

/**
 * Rings the phones of a challenge. A push may fail in any way there is: the inbox has the challenge all the same, so
 * nothing is thrown, nobody waits, and what cannot be sent soon is not sent at all.
 */
export class Doorbell {
  readonly #deps: DoorbellDeps;
  /** Until when a push service asked us to leave a profile's subscription alone. */
  readonly #paused = new Map<string, number>();
  readonly #underWay = new Set<Promise<void>>();

  constructor(deps: DoorbellDeps) {
    this.#deps = deps;
  }

  ring(challenge: Challenge, profiles: readonly Profile[], person: Pick<Person, 'locale'>): void {
    for (const profile of profiles.filter(({ hasSubscription }) => hasSubscription)) {
      const ringing = this.#ringOne(challenge, profile, person).catch((error: unknown) => {
        this.#deps.count('failed');
        this.#deps.logger.warn('push.failed', { profile: profile.id }, error);
      });
      this.#underWay.add(ringing);
      void ringing.finally(() => this.#underWay.delete(ringing));
    }
  }

  /** Resolves when nothing is being sent any more. */
  async settled(): Promise<void> {
    await Promise.all(this.#underWay);
  }

  async #ringOne(
    challenge: Challenge,
    { id: profile }: Profile,
    { locale }: Pick<Person, 'locale'>,
  ): Promise<void> {
    const { profiles, settings, vapid, appUrl, words, clock, count, agent } = this.#deps;
    if ((this.#paused.get(profile) ?? 0) > clock.now()) {
      count('paused');
      return;
    }
    const subscription = await profiles.subscription(profile);
    // The list may have become shorter since the phone subscribed.
    if (subscription === null || !isPushEndpoint(subscription.endpoint, settings.pushServices)) {
      return;
    }
    const payload = pushMessage({ challenge: challenge.id, ...words(locale), appUrl });
    const ttlSeconds = Math.max(0, Math.floor((challenge.expiresAt - clock.now()) / 1_000));
    const message = { payload, ttlSeconds, topic: pushTopic(profile), vapid };
    const { status, retryAfterMs } = await postPush(subscription, message, agent);
    await this.#judge(profile, subscription.endpoint, status, retryAfterMs);
  }

  async #judge(
    profile: Profile['id'],
    endpoint: string,
    status: number,
    retryAfterMs: number | null,
  ): Promise<void> {
    const { profiles, clock, logger, count } = this.#deps;
    if (status >= 200 && status < 300) {
      count('sent');
    } else if (status === 404 || status === 410) {
      await profiles.dropSubscription(profile, endpoint);
      count('gone');
    } else if (status === 401 || status === 403) {
      // Made for another VAPID key: it will never work, and the app subscribes anew when it finds none.
      await profiles.dropSubscription(profile, endpoint);
      logger.warn('push.key_refused', { profile, status });
      count('refused');
    } else if (status === 429 || status === 503) {
      const until = clock.now() + Math.min(retryAfterMs ?? DEFAULT_PAUSE_MS, LONGEST_PAUSE_MS);
      if (this.#paused.size >= MOST_PAUSES) this.#paused.clear();
      this.#paused.set(profile, until);
      count('paused');
    } else {
      logger.warn('push.refused', { profile, status });
      count('failed');
    }
  }
}

const DEFAULT_PAUSE_MS = 60_000;
const LONGEST_PAUSE_MS = 3_600_000;
const MOST_PAUSES = 10_000;
