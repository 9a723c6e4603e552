import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';

/** Bundles a TypeScript program of this repository, inside node_modules so that its imports resolve. */
export async function bundle(program: string): Promise<string> {
  const folder = resolve('node_modules', '.cache', 'drawbridge');
  const outfile = join(folder, `${program.replaceAll(/[^a-z0-9]+/gi, '-')}.${process.pid}.mjs`);
  await mkdir(folder, { recursive: true });
  await build({
    entryPoints: [resolve(program)],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    packages: 'external',
    sourcemap: 'inline',
    logLevel: 'warning',
  });
  return outfile;
}
