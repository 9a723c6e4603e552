import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { delimiter, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { until } from './until.js';

export interface Command {
  binary: string;
  args: readonly string[];
  uid?: number;
  gid?: number;
}

/** One server process under test control: started, stopped, killed and started again on the same port. */
export class ChildServer {
  readonly #command: Command;
  readonly #ready: () => Promise<unknown>;
  #child: ChildProcess | undefined;
  #output = '';

  constructor(command: Command, ready: () => Promise<unknown>) {
    this.#command = command;
    this.#ready = ready;
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** Resolves when the server answers. */
  async start(): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      this.#spawn();
      if (await this.#answers()) return;
      await this.kill('SIGKILL');
      // After a kill -9, what is left of the former process may still be leaving.
      if (attempt === 5)
        throw new Error(`${this.#command.binary} does not start:\n${this.#output}`);
      await delay(200);
    }
  }

  /**
   * Resolves when the process is gone, and what it had started: the processes behind PostgreSQL's connections go on
   * answering for a moment after a kill -9 of the one that accepts them.
   */
  async kill(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const started = startedBy(child.pid ?? 0);
    const gone = once(child, 'exit');
    child.kill(signal);
    await gone;
    await until(async () => !started.some(isRunning));
  }

  /** Stops and continues the process, to play a server that has gone silent. */
  signal(signal: 'SIGSTOP' | 'SIGCONT'): void {
    this.#child?.kill(signal);
  }

  #spawn(): void {
    const { binary, args, uid, gid } = this.#command;
    const identity = uid === undefined || gid === undefined ? {} : { uid, gid };
    const child = spawn(binary, args, { ...identity, cwd: '/', stdio: ['ignore', 'pipe', 'pipe'] });
    this.#child = child;
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk) => {
        this.#output = (this.#output + String(chunk)).slice(-4_000);
      });
    }
    const killWithParent = () => child.kill('SIGKILL');
    process.on('exit', killWithParent);
    child.once('exit', () => process.off('exit', killWithParent));
  }

  async #answers(): Promise<boolean> {
    const child = this.#child;
    for (let tries = 0; tries < 400; tries += 1) {
      if (child === undefined || child.exitCode !== null || child.signalCode !== null) return false;
      try {
        await this.#ready();
        return true;
      } catch {
        await delay(25);
      }
    }
    return false;
  }
}

/** Ids of the processes that a process has started, where the system tells them. */
function startedBy(pid: number): string[] {
  const list = `/proc/${pid}/task/${pid}/children`;
  return existsSync(list) ? readFileSync(list, 'utf8').split(' ').filter(Boolean) : [];
}

/** Not so once it has ended, even where nobody has asked how: in a container without an init, say. */
function isRunning(pid: string): boolean {
  try {
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

/** The path of an installed program, or `undefined`. */
export function findBinary(name: string): string | undefined {
  const folders = [...(process.env.PATH ?? '').split(delimiter), ...postgresFolders()];
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
}

/** Debian keeps the server programs of PostgreSQL outside the path. */
function postgresFolders(): string[] {
  const root = '/usr/lib/postgresql';
  if (!existsSync(root)) return [];
  return readdirSync(root).map((version) => join(root, version, 'bin'));
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
