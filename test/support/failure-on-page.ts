import type { Visit } from './browser.js';

/** What a page tells of a failure; `null` when it tells none. */
export function failureOnPage(page: Visit): { code: string; reference: string | null } | null {
  const line = /<p class="reference">([\s\S]*?)<\/p>/.exec(page.body)?.[1];
  const code = line && /\bDB-\d{3}\b/.exec(line)?.[0];
  if (!code) return null;
  return { code, reference: /\b[0-9A-Z]{5}-[0-9A-Z]{5}\b/.exec(line)?.[0] ?? null };
}
