import { readFile, writeFile } from 'node:fs/promises';
import { configurationFile } from '../src/config/configuration-file.js';
import { describeKeys, keyTable } from '../src/config/schema-description.js';
import { commonKeys } from '../src/relying-parties/relying-party-document.js';
import { protocolSections } from '../src/server/protocol-sections.js';
import { z } from 'zod';

/**
 * Writes the tables of docs/configuration.md from the schemas; with `--check` only says whether they are stale. A
 * table stands between `<!-- keys of NAME -->` and `<!-- end -->`.
 */
const file = 'docs/configuration.md';
const relyingParty = z.object({
  ...commonKeys,
  ...Object.fromEntries(protocolSections.map(({ key, schema }) => [key, schema])),
});
const tables: Record<string, string> = {
  'drawbridge.yaml': keyTable(describeKeys(configurationFile)),
  'relying-parties/*.yaml': keyTable(describeKeys(relyingParty)),
};

const before = await readFile(file, 'utf8');
const after = before.replaceAll(
  /(<!-- keys of (\S+) -->\n)[^]*?(<!-- end -->)/g,
  (_whole, start: string, name: string, end: string) => {
    const table = tables[name];
    if (table === undefined)
      throw new Error(`${file} asks for the keys of ${name}, which nobody knows`);
    return `${start}\n${table}\n\n${end}`;
  },
);

if (process.argv.includes('--check')) {
  if (after !== before) {
    process.stderr.write(`${file} is stale. Run: npm run docs:configuration\n`);
    process.exitCode = 1;
  }
} else {
  await writeFile(file, after);
}
