import { spawnSync } from 'node:child_process';

/** Everything that can be said about the code without running it; all checks run, whatever the first ones find. */
const checks = [
  'typecheck',
  'lint',
  'format:check',
  'check:imports',
  'check:docs',
  'check:licences',
];
const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
const failed = checks.filter((check) => {
  const { status } = spawnSync(npm, ['run', '--silent', check], {
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  console.log(`${status === 0 ? 'ok     ' : 'FAILED '} ${check}`);
  return status !== 0;
});
process.exitCode = failed.length === 0 ? 0 : 1;
