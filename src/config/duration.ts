const units = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** Reads `30s`, `15m`, `8h` or `90d` into milliseconds; `null` for anything else. */
export function parseDuration(text: string): number | null {
  const match = /^(\d{1,9})([smhd])$/.exec(text);
  if (match === null) return null;
  return Number(match[1]) * units[match[2] as keyof typeof units];
}

/** The shortest way to write a duration in milliseconds, in the largest unit that fits exactly. */
export function formatDuration(milliseconds: number): string {
  for (const unit of ['d', 'h', 'm'] as const) {
    if (milliseconds > 0 && milliseconds % units[unit] === 0) {
      return `${milliseconds / units[unit]}${unit}`;
    }
  }
  return `${milliseconds / units.s}s`;
}
