import { spawn, type ChildProcess } from 'node:child_process';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from '@jest/globals';
import { install } from '../support/server-process.js';
import { until } from '../support/services/until.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const repository = fileURLToPath(new URL('../../', import.meta.url));
const byNpm = temporaryFolder();
const byShell = temporaryFolder();
const children: ChildProcess[] = [];

/** Each has a process group of its own, so that a server that is left over ends with the test. */
const endAll = () => {
  for (const { pid } of children.splice(0)) {
    try {
      if (pid !== undefined) process.kill(-pid, 'SIGKILL');
    } catch {
      // Nobody is left of it.
    }
  }
};
process.on('exit', endAll);
afterEach(endAll);

/** Resolves when the server answers. */
async function started(folder: string, program: string, ...args: string[]) {
  const { env, url } = await install(folder);
  const child = spawn(program, args, {
    ...{ cwd: repository, env, detached: true },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.push(child);
  const said = Promise.all([textOf(child.stdout), textOf(child.stderr)]);
  const answers = () =>
    fetch(`${url}/health/live`).then(
      () => true,
      () => false,
    );
  await until(answers);
  return { child, answers, said };
}

/** All that is written to a stream, which stays open as long as a server is left over. */
async function textOf(stream: Readable): Promise<string> {
  let text = '';
  for await (const chunk of stream) text += String(chunk);
  return text;
}

test('a signal to npm ends the server that npm started, and no other one with its parent', async () => {
  const npm = await started(byNpm.path, 'npm', 'start');
  // The shell has something left to do, so it does not become the server.
  const shell = await started(byShell.path, 'sh', '-c', 'node scripts/start.js; true');
  shell.child.kill('SIGTERM');
  npm.child.kill('SIGTERM');
  const said = (await npm.said).join('');
  expect(said).toContain('server.listening');
  expect(said).not.toContain('"level":"error"');
  expect(await npm.answers()).toBe(false);
  expect(await shell.answers()).toBe(true);
}, 60_000);
