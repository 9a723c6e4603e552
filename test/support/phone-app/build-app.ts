import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** Builds the app that servers of this process serve, unless it is up to date. @returns what the build says */
export async function buildApp(): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, ['scripts/build.js']);
  return stdout;
}
