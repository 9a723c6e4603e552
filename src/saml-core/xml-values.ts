import { refuse } from './refusal.js';
import { attributeOf } from './xml-tree.js';
import type { XmlTree } from './xml-tree.js';

const dateTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(Z|[+-]\d\d:\d\d)?$/;

/** xs:dateTime to milliseconds since the epoch. Without a zone it is UTC (SAML 2.0 core, 1.3.3). */
export function instantOf(text: string): number {
  const found = dateTime.exec(text.trim());
  if (found === null) return refuse('malformed', 'instant');
  const instant = Date.parse(found[1] === undefined ? `${text.trim()}Z` : text.trim());
  if (!Number.isSafeInteger(instant)) refuse('malformed', 'instant');
  return instant;
}

export function requiredAttribute(tree: XmlTree, name: string): string {
  return attributeOf(tree, name) ?? refuse('malformed', `no-${name}`);
}

export function instantAttribute(tree: XmlTree, name: string): number | null {
  const value = attributeOf(tree, name);
  return value === null ? null : instantOf(value);
}

/** xs:boolean. */
export function booleanAttribute(tree: XmlTree, name: string): boolean | null {
  const value = attributeOf(tree, name)?.trim();
  if (value === undefined) return null;
  if (value === 'true' || value === '1') return true;
  return value === 'false' || value === '0' ? false : refuse('malformed', name);
}

/** xs:unsignedShort. */
export function indexAttribute(tree: XmlTree, name: string): number | null {
  const value = attributeOf(tree, name)?.trim();
  if (value === undefined) return null;
  const index = Number(value);
  if (!/^\+?\d{1,6}$/.test(value) || index > 65_535) refuse('malformed', name);
  return index;
}

const duration = /^P(?:(\d{1,6})D)?(?:T(?:(\d{1,6})H)?(?:(\d{1,6})M)?(?:(\d{1,9})(?:\.\d+)?S)?)?$/;

/** xs:duration of days and less, in seconds; `null` for none, and for what counts in months or years. */
export function durationSeconds(text: string | null): number | null {
  const found = duration.exec(text?.trim() ?? '');
  if (found === null || !found.slice(1).some(Boolean)) return null;
  const [days = 0, hours = 0, minutes = 0, seconds = 0] = found
    .slice(1)
    .map((part) => Number(part ?? 0));
  return ((days * 24 + hours) * 60 + minutes) * 60 + seconds;
}
