import { readFile, writeFile } from 'node:fs/promises';

/** Writes the tables of docs/licences.md from package-lock.json; with `--check` only says whether they are stale. */
const file = 'docs/licences.md';
const lock = JSON.parse(await readFile('package-lock.json', 'utf8'));
const direct = new Set(Object.keys(lock.packages[''].dependencies));
const shipped = Object.entries(lock.packages)
  .filter(([path, { dev }]) => path !== '' && dev !== true)
  .map(([path, { version, license }]) => ({
    direct: direct.has(path.replace(/^node_modules\//, '')),
    name: path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length),
    version,
    licence: license ?? 'see the package',
  }));

const row = (...cells) => `| ${cells.join(' | ')} |`;
const ownRows = shipped
  .filter((entry) => entry.direct)
  .map(({ name, version, licence }) => row(name, version, licence));
const byLicence = [...groupBy(shipped, ({ licence }) => licence)].sort();
const allRows = byLicence.map(([licence, packages]) =>
  row(licence, [...new Set(packages.map(({ name }) => name))].sort().join(', ')),
);

const text = `# Licences

Drawbridge is under the Apache License 2.0 (see LICENSE). This is what it is delivered with; each package brings its own
licence text in \`node_modules\`. The Inter typeface is under the SIL Open Font License 1.1: it may be served with the pages and
must not be sold by itself. Made by \`npm run docs:licences\`.

## Packages that the program names

${[row('Package', 'Version', 'Licence'), row('---', '---', '---'), ...ownRows].join('\n')}

## Everything that is installed with it

${[row('Licence', 'Packages'), row('---', '---'), ...allRows].join('\n')}
`;

if (process.argv.includes('--check')) {
  if ((await readFile(file, 'utf8')) !== text) {
    console.error(`${file} is stale. Run: npm run docs:licences`);
    process.exitCode = 1;
  }
} else {
  await writeFile(file, text);
}

function groupBy(items, keyOf) {
  const groups = new Map();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return groups;
}
