import type { Response } from 'express';
import type { CodeCredentials } from '../devices/code-credentials.js';
import type { DeviceReader } from '../devices/device-store.js';
import type { ProfileId } from '../devices/ids.js';
import type { PhoneChallenges } from '../factors/push/challenges.js';
import type { Clock } from '../kernel/clock.js';
import { inboxOf } from './inbox.js';

export interface ListeningPhoneDeps {
  devices: Pick<DeviceReader, 'profile'>;
  challenges: PhoneChallenges;
  codes: Pick<CodeCredentials, 'state'>;
  clock: Clock;
  onError: (error: unknown) => void;
}

/** One open stream. There may be ten thousand of them in a process, so it is an object of few fields and has no timer of its own. */
export class ListeningPhone {
  readonly #deps: ListeningPhoneDeps;
  readonly #response: Response;
  readonly profile: ProfileId;
  #shown = '';
  #isLooking = false;
  #again = false;
  #isOver = false;
  #listening: { stop(): void } | null = null;
  /** Signs of life until it ends. */
  #left: number;

  constructor(deps: ListeningPhoneDeps, response: Response, profile: ProfileId, lives: number) {
    this.#deps = deps;
    this.#response = response;
    this.profile = profile;
    this.#left = lives;
  }

  /** Resolves after the first look; nothing that happens after it was called is missed. */
  async start(listen: (listener: () => void) => Promise<{ stop(): void }>): Promise<void> {
    this.#listening = await listen(() => this.look());
    if (this.#isOver) this.stop();
    else await this.#look();
  }

  look(): void {
    void this.#look();
  }

  signOfLife(): void {
    this.#left -= 1;
    if (this.#left <= 0) {
      this.end();
      return;
    }
    this.#write(':\n\n');
    this.look();
  }

  /** The connection is gone, or about to go. */
  stop(): void {
    this.#isOver = true;
    this.#listening?.stop();
    this.#listening = null;
  }

  end(): void {
    this.stop();
    this.#response.end();
  }

  /** One look at a time; a nudge during a look makes another one. */
  async #look(): Promise<void> {
    this.#again = true;
    if (this.#isLooking) return;
    this.#isLooking = true;
    try {
      while (this.#again && !this.#isOver) {
        this.#again = false;
        await this.#lookOnce();
      }
    } catch (error) {
      this.#deps.onError(error);
    } finally {
      this.#isLooking = false;
    }
  }

  async #lookOnce(): Promise<void> {
    const profile = await this.#deps.devices.profile(this.profile);
    if (profile === null || profile.revokedAt !== null) {
      this.#write('event: revoked\ndata: {}\n\n');
      this.end();
      return;
    }
    const inbox = await inboxOf(this.#deps, profile);
    const { time: _, ...content } = inbox;
    const text = JSON.stringify(content);
    if (text === this.#shown) return;
    this.#shown = text;
    this.#write(`event: inbox\ndata: ${JSON.stringify(inbox)}\n\n`);
  }

  #write(text: string): void {
    if (!this.#isOver && !this.#response.destroyed) this.#response.write(text);
  }
}
