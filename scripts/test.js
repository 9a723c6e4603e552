import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';

/**
 * Runs jest on folders or files of test/: `node scripts/test.js unit flows/oidc --bail`. `--rest` leaves out the flows that
 * also run with several processes. A launcher and not an npm
 * one-liner, because setting NODE_OPTIONS is written differently in every shell.
 */
const args = process.argv.slice(2);
const isFolder = (arg) => /^[a-z][a-z-]*(\/[a-z-]+)*$/.test(arg);
const paths = args.filter(isFolder).map((path) => `test/${path}${path.includes('/') ? '' : '/'}`);
const processes = args.find((arg) => arg.startsWith('--processes='))?.split('=')[1];
const rest = args.includes('--rest');
const forJest = args.filter(
  (arg) => !isFolder(arg) && arg !== '--rest' && !arg.startsWith('--processes='),
);

const jest = createRequire(import.meta.url).resolve('jest/bin/jest');
const child = spawn(process.execPath, [jest, ...paths, ...forJest], {
  stdio: 'inherit',
  env: {
    ...process.env,
    NODE_ENV: 'test',
    NODE_OPTIONS: [
      process.env.NODE_OPTIONS ?? '',
      '--experimental-vm-modules',
      '--disable-warning=ExperimentalWarning',
    ].join(' '),
    ...(processes === undefined ? {} : { DRAWBRIDGE_TEST_PROCESSES: processes }),
    ...(rest ? { DRAWBRIDGE_TEST_REST: '1' } : {}),
  },
});
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
child.on('exit', (code, signal) => {
  process.exitCode = signal === null ? (code ?? 1) : 1;
});
