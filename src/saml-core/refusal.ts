import type { SamlRefusal } from './received.js';

/** Thrown inside the core when something is not taken. `receiveMessage` and `readMetadata` turn it into a result. */
export class Refusal<Kind extends string = SamlRefusal> extends Error {
  readonly refusal: Kind;
  /** Which rule, in a word or two; for the log, not for the sender. */
  readonly detail: string;

  constructor(refusal: Kind, detail: string) {
    super(`${refusal}: ${detail}`);
    this.name = 'Refusal';
    this.refusal = refusal;
    this.detail = detail;
  }
}

export function refuse(refusal: SamlRefusal, detail: string): never {
  throw new Refusal(refusal, detail);
}
