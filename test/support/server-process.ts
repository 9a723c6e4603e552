import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from './services/child-server.js';
import { until } from './services/until.js';

const repository = fileURLToPath(new URL('../../', import.meta.url));

/** A folder with a configuration as an operator writes it, for the program that `npm start` runs. */
export interface Installation {
  url: string;
  port: number;
  /** What the program finds in its environment. */
  env: NodeJS.ProcessEnv;
  start(more?: Record<string, string>): ServerProcess;
  /** Runs `npx drawbridge …` to its end. */
  command(...args: string[]): Promise<{ code: number | null; stdout: string; stderr: string }>;
}

export interface ServerProcess {
  pid: number;
  /** Resolves when it is ready, and rejects when it ends before. */
  ready(): Promise<void>;
  /** The exit code, `null` when a signal ended it. */
  ended: Promise<number | null>;
  stderr(): string;
  kill(signal: NodeJS.Signals): Promise<number | null>;
}

/**
 * @param stores lines of drawbridge.yaml that say where state is kept
 * @param root the repository, where this file is bundled elsewhere
 */
export async function install(
  folder: string,
  stores = 'database: { file: drawbridge.sqlite }',
  root = repository,
): Promise<Installation> {
  const port = await freePort();
  const url = `http://localhost:${port}`;
  const lines = [
    `public_url: ${url}`,
    `listen: { host: 127.0.0.1, port: ${port} }`,
    'encryption_key: ${TEST_ENCRYPTION_KEY}',
    'relying_parties: relying-parties/*.yaml',
    stores,
  ];
  mkdirSync(join(folder, 'relying-parties'), { recursive: true });
  writeFileSync(join(folder, 'drawbridge.yaml'), lines.join('\n'));
  writeFileSync(join(folder, 'relying-parties', 'payroll.yaml'), payroll);
  const { PATH, HOME } = process.env;
  const env = {
    PATH,
    HOME,
    DRAWBRIDGE_CONFIG: join(folder, 'drawbridge.yaml'),
    TEST_ENCRYPTION_KEY: randomBytes(32).toString('base64'),
  };
  const run = (script: string, args: string[], more: Record<string, string> = {}) =>
    spawn(process.execPath, [join(root, script), ...args], {
      cwd: folder,
      env: { ...env, ...more },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  return {
    url,
    port,
    env,
    start: (more) => watch(run('scripts/start.js', [], more), url),
    command: async (...args) => {
      const child = run('bin/drawbridge.js', args);
      const output = collect(child);
      const [code] = (await once(child, 'close')) as [number | null];
      return { code, ...output() };
    },
  };
}

const payroll = `id: payroll
name: Payroll
protocol: oidc
oidc:
  client_id: payroll
  client_secret: secret-of-payroll-0123456789
  redirect_uris: [http://127.0.0.1:7100/callback]
`;

function watch(child: ChildProcess, url: string): ServerProcess {
  const output = collect(child);
  const ended = once(child, 'exit').then(([code]) => code as number | null);
  const killWithParent = () => child.kill('SIGKILL');
  process.on('exit', killWithParent);
  void ended.then(() => process.off('exit', killWithParent));
  const isAlive = () => child.exitCode === null && child.signalCode === null;
  return {
    pid: child.pid ?? 0,
    ended,
    stderr: () => output().stderr,
    ready: () =>
      until(async () => {
        if (!isAlive()) throw new Error(`the server has ended:\n${output().stderr}`);
        return fetch(`${url}/health/ready`).then(
          (answer) => answer.ok,
          () => false,
        );
      }),
    kill: (signal) => {
      child.kill(signal);
      return ended;
    },
  };
}

function collect(child: ChildProcess): () => { stdout: string; stderr: string } {
  let stdout = '';
  let stderr = '';
  child.stdout?.on('data', (chunk) => (stdout += String(chunk)));
  child.stderr?.on('data', (chunk) => (stderr += String(chunk)));
  return () => ({ stdout, stderr });
}
