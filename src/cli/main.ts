import { processEnvironment } from '../config/process-environment.js';
import { commands } from './commands.js';
import { runCommand } from './run-command.js';

process.exitCode = await runCommand(commands, process.argv.slice(2), {
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  env: processEnvironment(),
  cwd: process.cwd(),
});
