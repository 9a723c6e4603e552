import { existsSync, readFileSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, relative, sep } from 'node:path';
import { gzipSync } from 'node:zlib';

const require = createRequire(import.meta.url);
const source = 'src/authenticator/web';

/** What the app is made of besides src/: a change of these is a reason to build, too. */
export const authenticatorInputs = ['views/assets/drawbridge.css', 'views/assets/mark.svg'];

/**
 * Builds the phone app into `dist/authenticator/`. Files in `assets/` have a hash in their names and never change; `app.json` says
 * which of them a phone keeps, and what they weigh.
 */
export async function buildAuthenticator(esbuild, root, dist) {
  if (!existsSync(join(root, source))) return null;
  const folder = join(dist, 'authenticator');
  const [app, worker] = await Promise.all([
    esbuild.build({
      ...settingsIn(root),
      entryPoints: ['main.tsx', 'stretch-worker.ts', 'app.css'].map((name) => `${source}/${name}`),
      outdir: join(folder, 'assets'),
      entryNames: '[name]-[hash]',
      chunkNames: '[name]-[hash]',
      format: 'esm',
      splitting: true,
      jsx: 'automatic',
      jsxImportSource: 'preact',
      plugins: [withoutFonts],
      alias: { 'hash-wasm': require.resolve('hash-wasm/dist/argon2.umd.min.js') },
      metafile: true,
    }),
    esbuild.build({
      ...settingsIn(root),
      entryPoints: [`${source}/service-worker/sw.ts`],
      outfile: join(folder, 'sw.js'),
      format: 'iife',
    }),
  ]);
  const files = new Map();
  for (const { path, contents } of [...app.outputFiles, ...worker.outputFiles]) {
    files.set(relative(folder, path).split(sep).join('/'), Buffer.from(contents));
  }
  const outputs = describe(app.metafile.outputs);
  files.set('index.html', Buffer.from(page(root, outputs)));
  for (const name of await readdir(join(root, source, 'icons'))) {
    files.set(name, await readFile(join(root, source, 'icons', name)));
  }
  const { kept, sizes } = weigh(files, outputs);
  files.set('app.json', Buffer.from(JSON.stringify({ kept, sizes })));
  await write(folder, files);
  return sizes;
}

const settingsIn = (root) => ({
  absWorkingDir: root,
  bundle: true,
  minify: true,
  platform: 'browser',
  target: 'es2022',
  write: false,
  logLevel: 'warning',
});

/** The style sheet of the pages brings a typeface that weighs as much as half the app: here the phone's own is used. */
const withoutFonts = {
  name: 'without-fonts',
  setup(build) {
    build.onLoad({ filter: /drawbridge\.css$/ }, async ({ path }) => ({
      contents: (await readFile(path, 'utf8')).replace(/@font-face \{[^}]*\}/g, ''),
      loader: 'css',
    }));
  },
};

/** Names in `assets/` by what they are for. */
function describe(outputs) {
  const entries = Object.entries(outputs).map(([path, output]) => ({
    name: `assets/${path.slice(path.lastIndexOf('/') + 1)}`,
    entry: output.entryPoint?.slice(source.length + 1),
    isScanner: Object.keys(output.inputs).some((input) => /\/jsqr\/|read-with-jsqr/.test(input)),
  }));
  const nameOf = (entry) => entries.find((output) => output.entry === entry).name;
  return {
    main: nameOf('main.tsx'),
    worker: nameOf('stretch-worker.ts'),
    style: nameOf('app.css'),
    scanner: entries.filter(({ isScanner }) => isScanner).map(({ name }) => name),
  };
}

function page(root, { main, worker, style }) {
  const values = {
    main,
    style,
    'stretch-worker': worker,
    mark: asDataUrl(readFileSync(join(root, 'views/assets/mark.svg'), 'utf8').trim()),
  };
  return readFileSync(join(root, source, 'index.html'), 'utf8').replace(
    /\{\{([\w-]+)\}\}/g,
    (whole, name) => values[name] ?? whole,
  );
}

/** As short as an attribute of ours may have it. */
const asDataUrl = (svg) =>
  `data:image/svg+xml,${svg
    .replaceAll('"', "'")
    .replace(/[%#<>&]/g, (character) => encodeURIComponent(character))}`;

/**
 * Everything but the scanner and most icons is loaded with the first visit and kept. Icons are for installing the app and for what is
 * pushed, which takes a network anyway; only of one browsers ask whenever the app starts.
 */
function weigh(files, { scanner }) {
  const kept = [...files.keys()]
    .filter(
      (name) => !scanner.includes(name) && (!name.endsWith('.png') || name === 'icon-192.png'),
    )
    .filter((name) => !['index.html', 'sw.js'].includes(name) && !name.endsWith('.map'))
    .sort();
  const weightOf = (names) =>
    names.reduce((sum, name) => {
      const content = files.get(name);
      return sum + (name.endsWith('.png') ? content : gzipSync(content)).length;
    }, 0);
  return {
    kept,
    sizes: { firstLoad: weightOf([...kept, 'index.html', 'sw.js']), scanner: weightOf(scanner) },
  };
}

async function write(folder, files) {
  await mkdir(join(folder, 'assets'), { recursive: true });
  for (const [name, contents] of files) {
    const path = join(folder, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(`${path}.${process.pid}.tmp`, contents);
    await rename(`${path}.${process.pid}.tmp`, path);
  }
  for (const name of await readdir(join(folder, 'assets'))) {
    if (!files.has(`assets/${name}`) && !name.endsWith('.tmp')) {
      await rm(join(folder, 'assets', name), { force: true });
    }
  }
}
