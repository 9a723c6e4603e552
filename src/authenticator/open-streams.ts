export interface OpenStream {
  profile: string;
  look(): void;
  end(): void;
}

/** The streams of this process. One profile has a few at most: whoever opens more, be it a faulty phone, loses the oldest. */
export class OpenStreams {
  readonly #byProfile = new Map<string, Set<OpenStream>>();
  readonly #mostOfProfile: number;
  #size = 0;

  constructor(mostOfProfile: number) {
    this.#mostOfProfile = mostOfProfile;
  }

  get size(): number {
    return this.#size;
  }

  add(stream: OpenStream): void {
    const own = this.#byProfile.get(stream.profile) ?? new Set();
    this.#byProfile.set(stream.profile, own.add(stream));
    this.#size += 1;
    // A set keeps the order in which things came.
    const [oldest] = own;
    if (own.size <= this.#mostOfProfile || oldest === undefined) return;
    this.remove(oldest);
    oldest.end();
  }

  /** Removing one that is gone changes nothing. */
  remove(stream: OpenStream): void {
    const own = this.#byProfile.get(stream.profile);
    if (own?.delete(stream) !== true) return;
    this.#size -= 1;
    if (own.size === 0) this.#byProfile.delete(stream.profile);
  }

  all(): OpenStream[] {
    return [...this.#byProfile.values()].flatMap((own) => [...own]);
  }
}
