import { readFileSync } from 'node:fs';

/** Fails when `npm audit --json` told of something high or critical; what the registry did not answer is said. */
const text = readFileSync(process.argv[2], 'utf8');
const found = read(text)?.metadata?.vulnerabilities;
if (found === undefined) {
  console.log(`Not checked, the registry does not answer: ${text.slice(0, 200).trim()}`);
} else {
  console.log(JSON.stringify(found));
  process.exitCode = found.high + found.critical > 0 ? 1 : 0;
}

function read(json) {
  try {
    return JSON.parse(json);
  } catch {
    return null;
  }
}
