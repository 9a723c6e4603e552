import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

const IMPORTS = /from '(\.{1,2}\/[^']+)\.js'/g;

/**
 * Test files that would run the same with several processes, because neither they nor the support files they import
 * use `startTestServer`: they start what they test in their own way.
 */
export function testsOfOneProcess(root) {
  return testFiles(join(root, 'test')).filter((file) => !runsInSeveral(file));
}

/** The flows that `npm run test:two-process` runs. */
export function flowsOfSeveralProcesses(root) {
  return testFiles(join(root, 'test/flows')).filter(runsInSeveral);
}

function testFiles(folder) {
  return readdirSync(folder, { recursive: true })
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => join(folder, name));
}

function runsInSeveral(file) {
  return [file, ...importsOf(file)].some(startsTestServer);
}

function startsTestServer(file) {
  return (
    /\bstartTestServer\(/.test(readFileSync(file, 'utf8')) && !file.endsWith('start-server.ts')
  );
}

function importsOf(file) {
  return [...readFileSync(file, 'utf8').matchAll(IMPORTS)]
    .map(([, path]) => resolve(dirname(file), `${path}.ts`))
    .filter((path) => existsSync(path));
}
