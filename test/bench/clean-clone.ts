import { cp, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const PARTS = [
  'bin',
  'config',
  'data',
  'package.json',
  'package-lock.json',
  'scripts',
  'src',
  'views',
];

/** A copy of this repository after `npm ci`: never built, never started. */
export async function cleanClone(): Promise<{ folder: string; remove: () => Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'drawbridge-clone-'));
  for (const part of PARTS) {
    await cp(resolve(part), join(folder, part), { recursive: true, preserveTimestamps: true });
  }
  await symlink(resolve('node_modules'), join(folder, 'node_modules'));
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) };
}
