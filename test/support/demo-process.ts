import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const startScript = fileURLToPath(new URL('../../scripts/start.js', import.meta.url));

/** What `npm start` runs, in a process and a working folder of its own, as a newcomer starts it. */
export interface DemoProcess {
  /** Everything the terminal shows. */
  stdout(): string;
  stderr(): string;
  url: string;
  siteUrl: string;
  password: string;
  /** Stops it as Ctrl+C does. @returns the exit code */
  stop(): Promise<number | null>;
}

/** Resolves once the terminal says that it is ready. */
export async function startDemoProcess(
  folder: string,
  port: number,
  args: readonly string[] = [],
): Promise<DemoProcess> {
  const { child, stdout, stderr } = run(folder, { PORT: String(port) }, args);
  const gone = once(child, 'exit').then(([code]) => code as number | null);
  const killWithParent = () => child.kill('SIGKILL');
  process.on('exit', killWithParent);
  const exited = gone.then((code) => {
    process.off('exit', killWithParent);
    throw new Error(`the demo ended with ${code}:\n${stdout()}${stderr()}`);
  });
  exited.catch(() => {});
  await Promise.race([exited, printed(child, stdout, 'Stop with Ctrl+C')]);
  const find = (pattern: RegExp) => pattern.exec(stdout())?.[1] ?? '';
  return {
    stdout,
    stderr,
    url: find(/Open +(\S+)/),
    siteUrl: find(/(http:\/\/127\.0\.0\.1:\d+)/),
    password: find(/Password +(\S+)/),
    stop: async () => {
      child.kill('SIGINT');
      return gone;
    },
  };
}

/** For starts that must not succeed. */
export async function startAndEnd(
  folder: string,
  env: Record<string, string>,
  args: readonly string[] = [],
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const { child, stdout, stderr } = run(folder, env, args);
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, stdout: stdout(), stderr: stderr() };
}

function run(folder: string, env: Record<string, string>, args: readonly string[]) {
  const { PATH, HOME } = process.env;
  const child = spawn(process.execPath, [startScript, ...args], {
    cwd: folder,
    env: { PATH, HOME, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk) => (stdout += String(chunk)));
  child.stderr.on('data', (chunk) => (stderr += String(chunk)));
  return { child, stdout: () => stdout, stderr: () => stderr };
}

function printed(
  child: ReturnType<typeof run>['child'],
  stdout: () => string,
  text: string,
): Promise<void> {
  return new Promise((resolve) => {
    const look = () => {
      if (stdout().includes(text)) resolve();
    };
    child.stdout.on('data', look);
    look();
  });
}
