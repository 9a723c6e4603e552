import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { FromNode, ToNode } from './messages.js';

const root = fileURLToPath(new URL('../../../', import.meta.url));

/** One Drawbridge in a process of its own, listening on a free port of 127.0.0.1. */
export class ClusterNode {
  readonly #child: ChildProcess;
  readonly #onLog: (line: string) => void;
  readonly #waiting = new Map<number, () => void>();
  #acks = 0;
  #stderr = '';
  port = 0;

  private constructor(onLog: (line: string) => void) {
    const program = process.env['DRAWBRIDGE_TEST_NODE'];
    if (program === undefined)
      throw new Error('run these tests by `npm run`, which bundles node.ts');
    this.#onLog = onLog;
    this.#child = fork(program, [], {
      cwd: root,
      serialization: 'advanced',
      execArgv: ['--enable-source-maps'],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      env: { ...process.env, NODE_OPTIONS: '' },
    });
    this.#child.stderr?.on('data', (chunk) => {
      this.#stderr = (this.#stderr + String(chunk)).slice(-4_000);
    });
    // Whoever still waits for a process that is gone waits for nothing.
    this.#child.once('exit', () => this.#releaseAll());
  }

  /** Resolves when it answers requests. */
  static async start(
    how: Omit<Extract<ToNode, { kind: 'start' }>, 'kind'>,
    onLog: (line: string) => void = () => {},
  ): Promise<ClusterNode> {
    const node = new ClusterNode(onLog);
    await node.#untilListening(how);
    return node;
  }

  get alive(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** What went to stderr, for processes that end by themselves. */
  get stderr(): string {
    return this.#stderr;
  }

  /** Resolves when the time and the relying parties hold there; `null` leaves them as they are. */
  putInForce(
    change: Pick<Extract<ToNode, { kind: 'in-force' }>, 'now' | 'parties'>,
  ): Promise<void> {
    return this.#acknowledged((ack) => ({ kind: 'in-force', ...change, ack }));
  }

  /** Resolves when every log line written so far has been heard. */
  flush(): Promise<void> {
    return this.#acknowledged((ack) => ({ kind: 'flush', ack }));
  }

  /** Resolves when the process is gone. */
  async kill(signal: NodeJS.Signals): Promise<void> {
    if (!this.alive) return;
    const gone = once(this.#child, 'exit');
    this.#child.kill(signal);
    await gone;
  }

  async stop(): Promise<void> {
    if (!this.alive) return;
    const gone = once(this.#child, 'exit');
    this.#send({ kind: 'stop' });
    const late = setTimeout(() => this.#child.kill('SIGKILL'), 5_000);
    await gone;
    clearTimeout(late);
  }

  async #untilListening(how: Omit<Extract<ToNode, { kind: 'start' }>, 'kind'>): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#child.once('exit', (code) => {
        reject(new Error(`the process ended with ${code} before it listened:\n${this.#stderr}`));
      });
      this.#child.on('message', (message: FromNode) => {
        if (message.kind === 'listening') {
          this.port = message.port;
          resolve();
        } else if (message.kind === 'failed') {
          this.#child.kill('SIGKILL');
          reject(new Error(message.message));
        } else if (message.kind === 'log') {
          this.#onLog(message.line);
        } else {
          this.#waiting.get(message.ack)?.();
        }
      });
      this.#send({ kind: 'start', ...how });
    });
  }

  #acknowledged(message: (ack: number) => ToNode): Promise<void> {
    if (!this.alive) return Promise.resolve();
    this.#acks += 1;
    const ack = this.#acks;
    return new Promise((resolve) => {
      this.#waiting.set(ack, () => {
        this.#waiting.delete(ack);
        resolve();
      });
      this.#send(message(ack));
    });
  }

  /** A process that has just been killed hears nothing; that is not the sender's failure. */
  #send(message: ToNode): void {
    this.#child.send(message, () => {});
  }

  #releaseAll(): void {
    for (const release of [...this.#waiting.values()]) release();
  }
}
