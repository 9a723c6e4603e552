import { request, type ClientRequest } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { createEventReader } from '../../../src/authenticator/web/inbox/event-stream.js';
import type { InboxAnswer } from '../../../src/authenticator/wire.js';
import { inLanes } from '../load.js';
import { Phone, type PhoneKeys } from '../phone.js';
import { answerCommands } from './answer-commands.js';

export interface StreamHolderOptions {
  url: string;
  phones: number;
  keys: PhoneKeys;
  /** Only each so-manieth phone is sent a challenge. */
  every: number;
  /** The process ends itself after so long, whatever becomes of the one that started it. */
  lifetimeMs: number;
}

/**
 * Phones that listen, one stream each. `open` opens all, `reopen` ends each third of them and opens it again, two hundred at a time, while
 * challenges are being sent; `seen` says how many of those that were meant have seen exactly one challenge, `wrong` how many saw one twice
 * on a stream, more than one, or one that was not for them; `close` ends all.
 */
const options = JSON.parse(process.argv[2] ?? '') as StreamHolderOptions;
setTimeout(() => process.exit(1), options.lifetimeMs).unref();
const { url, keys, every } = options;

class Listening {
  readonly index: number;
  readonly #phone: Phone;
  #request: ClientRequest | null = null;
  readonly challenges = new Set<string>();
  isWrong = false;
  isOpen = false;

  constructor(index: number) {
    this.index = index;
    this.#phone = new Phone(url, index, keys);
  }

  /** Resolves with the first inbox. A busy server is asked again, as the app does. */
  async open(): Promise<void> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await this.#openOnce();
      } catch (error) {
        if (tries === 10) throw error;
        await delay(1_000);
      }
    }
  }

  #openOnce(): Promise<void> {
    const proof = this.#phone.proofOf('GET', '/inbox/stream');
    const headers = { 'Drawbridge-Request': proof, accept: 'text/event-stream' };
    return new Promise((resolve, reject) => {
      const read = createEventReader();
      let before = '';
      const started = request(`${url}/authenticator/api/inbox/stream`, { headers, agent: false });
      this.#request = started;
      started.once('error', reject);
      started.once('response', (response) => {
        if (response.statusCode !== 200) reject(new Error(`status ${response.statusCode}`));
        response.setEncoding('utf8');
        response.on('error', () => {});
        response.once('close', () => (this.isOpen = false));
        response.on('data', (piece: string) => {
          for (const { data } of read(piece)) {
            const { challenges } = JSON.parse(data) as InboxAnswer;
            const now = challenges.map(({ id }) => id).join();
            if (now !== '' && now === before) this.isWrong = true;
            before = now;
            for (const { id } of challenges) this.challenges.add(id);
            this.isOpen = true;
            resolve();
          }
        });
      });
      started.end();
    });
  }

  close(): void {
    this.#request?.on('error', () => {});
    this.#request?.destroy();
  }
}

const phones = Array.from({ length: options.phones }, (_, index) => new Listening(index));
const isMeant = ({ index }: Listening) => index % every === 0;
const count = (test: (phone: Listening) => boolean) => phones.filter(test).length;

answerCommands({}, () => Promise.resolve(), {
  async open() {
    await inLanes(
      phones.map((phone) => () => phone.open()),
      64,
    );
    return count(({ isOpen }) => isOpen);
  },
  async warm() {
    const some = phones.slice(0, 500);
    await inLanes(
      some.map((phone) => () => phone.open()),
      64,
    );
    for (const phone of some) phone.close();
    await delay(500);
    return some.length;
  },
  async reopen() {
    const third = phones.filter(({ index }) => index % 3 === 0);
    await inLanes(
      third.map((phone) => async () => {
        phone.close();
        await phone.open();
      }),
      64,
    );
    return third.length;
  },
  seen: () => count((phone) => isMeant(phone) && phone.challenges.size === 1),
  wrong: () =>
    count(
      (phone) =>
        phone.isWrong ||
        phone.challenges.size > 1 ||
        (!isMeant(phone) && phone.challenges.size > 0),
    ),
  close() {
    for (const phone of phones) phone.close();
    return phones.length;
  },
});
