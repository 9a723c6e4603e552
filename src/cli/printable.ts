/** What is printed may quote what came from outside, and a terminal obeys control characters. */
export const printable = (text: string): string => text.replace(/\p{Cc}/gu, '\ufffd');

/** To the second, in UTC: `2026-11-02 09:00:05 UTC`. */
export const printableTime = (at: number): string =>
  `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
