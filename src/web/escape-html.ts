const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** For text and quoted attribute values. */
export function escapeHtml(value: unknown): string {
  return plainText(value).replace(/[&<>"']/g, (character) => entities[character] ?? character);
}

/** What a template prints of a value: text and numbers; nothing for anything else. */
export function plainText(value: unknown): string {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
}
