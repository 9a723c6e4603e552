import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { dirname, delimiter } from 'node:path';
import { freePort } from '../support/services/child-server.js';

/** A server as a newcomer starts it. */
export interface StartedServer {
  /** From the command to the first time that `/health/ready` says yes. */
  readyMs: number;
  /** Resident memory of the server process now, in MB (10⁶ bytes). */
  residentMb(): number;
  stop(): Promise<void>;
}

/** `npm start` in `folder`, with the Node binary given. */
export async function npmStart(folder: string, node: string): Promise<StartedServer> {
  const port = await freePort();
  const began = performance.now();
  const npm = spawn('npm', ['start'], {
    cwd: folder,
    stdio: 'ignore',
    env: {
      ...process.env,
      PATH: `${dirname(node)}${delimiter}${process.env.PATH ?? ''}`,
      PORT: String(port),
      DRAWBRIDGE_CONFIG: undefined,
      NODE_ENV: undefined,
    },
  });
  while (!(await isReady(port))) {
    if (npm.exitCode !== null) throw new Error(`npm start ended with ${npm.exitCode}`);
    await delay(5);
  }
  const readyMs = performance.now() - began;
  const server = leafOf(npm.pid ?? 0);
  return {
    readyMs,
    residentMb: () => residentBytes(server) / 1e6,
    stop: async () => {
      const ended = once(npm, 'exit');
      process.kill(server, 'SIGTERM');
      await ended;
    },
  };
}

async function isReady(port: number): Promise<boolean> {
  try {
    return (await fetch(`http://127.0.0.1:${port}/health/ready`)).ok;
  } catch {
    return false;
  }
}

/** npm runs a shell that runs the server: the process at the end of the line. */
function leafOf(pid: number): number {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ');
  const [only] = children;
  return only === undefined || only === '' ? pid : leafOf(Number(only));
}

function residentBytes(pid: number): number {
  const kb = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kb) * 1024;
}
