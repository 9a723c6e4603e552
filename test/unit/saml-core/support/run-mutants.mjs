// Run by guard-mutations.test.ts in a process of its own: which mutants do the hostile messages notice?
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

const { cases, partnerId, mutants } = JSON.parse(readFileSync(process.argv[2], 'utf8'));

async function noticed({ receiveMessage }, one) {
  try {
    const received = await receiveMessage(one.inbound, {
      partnerOf: (issuer) => (issuer === partnerId ? one.partner : null),
      expected: one.expected,
    });
    if (received.ok) return 'accepted';
    const said = one.refusal.includes(' ')
      ? `${received.refusal} ${received.detail}`
      : received.refusal;
    return said === one.refusal ? null : said;
  } catch (error) {
    return `threw ${error}`;
  }
}

const result = {};
for (const { name, file, detail } of mutants) {
  const core = await import(pathToFileURL(file));
  // Those that are meant for this rule come first.
  const rank = (one) => (detail !== null && one.refusal.endsWith(` ${detail}`) ? 0 : 1);
  result[name] = null;
  for (const one of [...cases].sort((a, b) => rank(a) - rank(b))) {
    const how = await noticed(core, one);
    if (how === null) continue;
    result[name] = `${one.name}: ${how}`;
    break;
  }
}
process.stdout.write(JSON.stringify(result));
