import { readFileSync } from 'node:fs';

/** @throws Error when a process may not open so many; Node takes all that it may by itself. */
export function requireFiles(needed: number): void {
  const limits = readFileSync('/proc/self/limits', 'utf8');
  const allowed = /^Max open files\s+\S+\s+(\S+)/m.exec(limits)?.[1] ?? '0';
  if (allowed !== 'unlimited' && Number(allowed) < needed) {
    throw new Error(`a process may open ${allowed} files; raise it: ulimit -Hn ${needed}`);
  }
}
