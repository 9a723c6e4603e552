import type { Row } from './figure.js';

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const [low = NaN, high = NaN] = [sorted[(sorted.length - 1) >> 1], sorted[middle]];
  return (low + high) / 2;
}

/** The rows as a Markdown table, and the raw figures behind it. */
export function renderTable(rows: readonly Row[]): string {
  const lines = [
    '| What | Median | Aim | Met |',
    '| --- | ---: | ---: | --- |',
    ...rows.map((row) => `| ${row.what} | ${show(median(row.raw))} ${row.unit} | ${aimOf(row)} |`),
    '',
    'Raw figures, in the order measured:',
    '',
    ...rows.map((row) => `- ${row.what}: ${row.raw.map(show).join(', ')}`),
  ];
  return lines.join('\n');
}

function aimOf({ aim, raw, unit }: Row): string {
  if (aim === null) return '– | –';
  const value = median(raw);
  const met = aim.at === 'most' ? value <= aim.value : value >= aim.value;
  return `${aim.at === 'most' ? '≤' : '≥'} ${aim.value} ${unit} | ${met ? 'yes' : '**no**'}`;
}

function show(value: number): string {
  if (Number.isInteger(value)) return String(value);
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}
