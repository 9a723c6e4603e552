import type { Command } from './command.js';

/** How a command is called: each way with the name of the program, then what the usage explains. */
export function usageText({ name, usage }: Pick<Command, 'name' | 'usage'>): string {
  const [calls = '', ...explained] = usage.split('\n\n');
  const lines = calls.split('\n').map((line, index) => {
    const begins = `${line} `.startsWith(`${name} `);
    const label = index === 0 ? 'Usage:' : '      ';
    return begins ? `${label} npx drawbridge ${line}` : `              ${line}`;
  });
  return [lines.join('\n'), ...explained].join('\n\n');
}
