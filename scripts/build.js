import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { authenticatorInputs, buildAuthenticator } from './build-authenticator.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = join(root, 'dist');
const stampFile = join(dist, 'build-stamp.txt');
const entryPoints = { main: 'src/main.ts', cli: 'src/cli/main.ts', index: 'src/index.ts' };

/**
 * Bundles src/ into dist/ when a source, a dependency or this script has changed since the last time. A container
 * image without src/ runs the dist/ it came with.
 */
export async function buildIfStale() {
  if (!existsSync(join(root, 'src'))) return;
  const stamp = stampOf();
  if (readStamp() !== stamp) await build(stamp);
}

/** What the phone app weighs, in bytes after compression. */
function appSizes() {
  return JSON.parse(readFileSync(join(dist, 'authenticator/app.json'), 'utf8')).sizes;
}

/** Names, sizes and times of all inputs: reading their contents would take longer than a start may. */
function stampOf() {
  const hash = createHash('sha256');
  const add = (path) => {
    const { mtimeMs, size } = statSync(path);
    hash.update(`${path}\0${mtimeMs}\0${size}\n`);
  };
  const sources = readdirSync(join(root, 'src'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  for (const path of [
    ...sources,
    ...authenticatorInputs.map((path) => join(root, path)),
    fileURLToPath(new URL('build-authenticator.js', import.meta.url)),
    join(root, 'package-lock.json'),
    fileURLToPath(import.meta.url),
  ]) {
    add(path);
  }
  return hash.digest('hex');
}

function readStamp() {
  return existsSync(stampFile) ? readFileSync(stampFile, 'utf8') : null;
}

async function build(stamp) {
  const esbuild = await import('esbuild');
  const app = buildAuthenticator(esbuild, root, dist);
  const { outputFiles } = await esbuild.build({
    absWorkingDir: root,
    entryPoints: present(entryPoints),
    outdir: dist,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    packages: 'external',
    sourcemap: true,
    sourcesContent: false,
    write: false,
    logLevel: 'warning',
  });
  await app;
  await esbuild.stop();
  await mkdir(dist, { recursive: true });
  // Renamed into place one by one, the stamp last: builds side by side yield the same files, and none is seen half.
  for (const { path, contents } of outputFiles) await writeInOnePiece(path, contents);
  await removeOthers(outputFiles.map(({ path }) => basename(path)));
  await writeInOnePiece(stampFile, stamp);
}

function present(entries) {
  return Object.fromEntries(
    Object.entries(entries).filter(([, source]) => existsSync(join(root, source))),
  );
}

async function writeInOnePiece(path, contents) {
  const draft = `${path}.${process.pid}.tmp`;
  await writeFile(draft, contents);
  await rename(draft, path);
}

async function removeOthers(kept) {
  for (const entry of await readdir(dist, { withFileTypes: true })) {
    const isOurs = /\.js(\.map)?$/.test(entry.name) && entry.isFile();
    if (isOurs && !kept.includes(entry.name)) await rm(join(dist, entry.name), { force: true });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await buildIfStale();
  const { firstLoad, scanner } = appSizes();
  const kilobytes = (bytes) => `${(bytes / 1000).toFixed(1)} kB`;
  console.log(
    `phone app: first load ${kilobytes(firstLoad)} gzipped, scanner when needed ${kilobytes(scanner)}`,
  );
}
