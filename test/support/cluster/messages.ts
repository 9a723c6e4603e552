import type { Configuration } from '../../../src/config/configuration.js';
import type { RelyingParty } from '../../../src/relying-parties/relying-party.js';

/** What another process needs to know of a configuration; the public URL is a class and travels as text. */
export type PortableConfiguration = Omit<Configuration, 'publicUrl'> & { publicUrl: string };

/** What the test tells a process. Everything with an `ack` is answered by `done` once it is in force. */
export type ToNode =
  | {
      kind: 'start';
      configuration: PortableConfiguration;
      parties: readonly RelyingParty[];
      /** The time that stands still until told otherwise, or `null` for the machine's own. */
      now: number | null;
      /** Who owns the toy factor; `null` without the toys. */
      toys: readonly string[] | null;
    }
  | { kind: 'in-force'; now: number | null; parties: readonly RelyingParty[] | null; ack: number }
  /** Answered after every log line written before. */
  | { kind: 'flush'; ack: number }
  | { kind: 'stop' };

/** What a process tells the test. */
export type FromNode =
  | { kind: 'listening'; port: number }
  | { kind: 'failed'; message: string }
  | { kind: 'log'; line: string }
  | { kind: 'done'; ack: number };
