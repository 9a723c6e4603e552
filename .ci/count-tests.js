import { readFileSync } from 'node:fs';

/** Prints "passed failed" of a report of jest; a file that could not be run counts as one failure. */
const report = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const { numPassedTests, numFailedTests, numRuntimeErrorTestSuites } = report;
console.log(`${numPassedTests} ${numFailedTests + numRuntimeErrorTestSuites}`);
