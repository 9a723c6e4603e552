import { spawn } from 'node:child_process';
import { mkdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, stop } from 'esbuild';

/** Runs a TypeScript program of this repository on any supported Node: `node scripts/run-typescript.js file.ts …`. */
const root = fileURLToPath(new URL('..', import.meta.url));
const [program, ...args] = process.argv.slice(2);
if (program === undefined) throw new Error('name the program to run');

// Inside node_modules, so that its imports resolve as they would beside src/.
const folder = join(root, 'node_modules', '.cache', 'drawbridge');
const outfile = join(folder, `${program.replaceAll(/[^a-z0-9]+/gi, '-')}.${process.pid}.mjs`);
await mkdir(folder, { recursive: true });
await build({
  entryPoints: [resolve(root, program)],
  outfile,
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  packages: 'external',
  sourcemap: 'inline',
  logLevel: 'warning',
});
await stop();
const child = spawn(process.execPath, ['--enable-source-maps', outfile, ...args], {
  stdio: 'inherit',
  cwd: root,
});
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
child.on('exit', async (code) => {
  await rm(outfile, { force: true });
  process.exitCode = code ?? 1;
});
