import { processEnvironment } from '../config/process-environment.js';
import { commands } from './commands.js';
import { runCommand } from './run-command.js';

// `drawbridge … | head` closes the pipe early; that is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});
// Whatever is created is its owner's alone.
process.umask(0o077);

process.exitCode = await runCommand(commands, process.argv.slice(2), {
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  env: processEnvironment(),
  cwd: process.cwd(),
});
