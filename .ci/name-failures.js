import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { stripVTControlCharacters } from 'node:util';

/** Prints each failed test of a report of jest with the beginning of why, or the file that could not be run. */
const report = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const beginning = (text) =>
  stripVTControlCharacters(text).trim().split('\n').slice(0, 12).join('\n      ');

for (const { name, assertionResults, status, message } of report.testResults) {
  const failed = assertionResults.filter((result) => result.status === 'failed');
  for (const { fullName, failureMessages } of failed) {
    console.log(
      `  ${relative('.', name)}: ${fullName}\n      ${beginning(failureMessages.join('\n'))}`,
    );
  }
  if (status === 'failed' && failed.length === 0) {
    console.log(`  ${relative('.', name)}\n      ${beginning(message)}`);
  }
}
