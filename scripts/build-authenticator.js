import { existsSync, readFileSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, relative, sep } from 'node:path';
import { gzipSync } from 'node:zlib';

const require = createRequire(import.meta.url);
const source = 'src/authenticator/web';
const fonts = {
  'inter-latin.woff2': '@fontsource-variable/inter/files/inter-latin-wght-normal.woff2',
  'inter-latin-ext.woff2': '@fontsource-variable/inter/files/inter-latin-ext-wght-normal.woff2',
};

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
      assetNames: '[name]-[hash]',
      format: 'esm',
      splitting: true,
      jsx: 'automatic',
      jsxImportSource: 'preact',
      loader: { '.woff2': 'file' },
      plugins: [fontsOfThePages],
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
  files.set('mark.svg', readFileSync(join(root, 'views/assets/mark.svg')));
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

/** The style sheet of the pages names its fonts by the names they are served under there. */
const fontsOfThePages = {
  name: 'fonts-of-the-pages',
  setup(build) {
    build.onResolve({ filter: /^inter-[a-z-]+\.woff2$/ }, ({ path }) => ({
      path: require.resolve(fonts[path]),
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
  const values = { main, style, 'stretch-worker': worker };
  return readFileSync(join(root, source, 'index.html'), 'utf8').replace(
    /\{\{([\w-]+)\}\}/g,
    (whole, name) => values[name] ?? whole,
  );
}

/**
 * Everything but the scanner and the font of rarer letters is loaded with the first visit and kept. The font comes on top of
 * `firstLoad`: the page is shown, and can be used, before it is there.
 */
function weigh(files, { scanner }) {
  const isFont = (name) => name.endsWith('.woff2');
  const kept = [...files.keys()]
    .filter((name) => !scanner.includes(name) && !/inter-latin-ext/.test(name))
    .filter((name) => !['index.html', 'sw.js'].includes(name) && !name.endsWith('.map'))
    .sort();
  const weightOf = (names) =>
    names.reduce((sum, name) => {
      const content = files.get(name);
      const isPacked = /\.(woff2|png)$/.test(name);
      return sum + (isPacked ? content.length : gzipSync(content).length);
    }, 0);
  const isCode = (name) => /\.(js|css|html|svg)$/.test(name);
  return {
    kept,
    sizes: {
      firstLoad: weightOf([...kept.filter(isCode), 'index.html', 'sw.js']),
      font: weightOf(kept.filter(isFont)),
      scanner: weightOf(scanner),
    },
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
