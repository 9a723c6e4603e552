import type { PostedForm } from './posted-form.js';

export interface HtmlForm extends PostedForm {
  method: 'get' | 'post';
  /** Names of the fields that a person fills in: those that are not hidden. */
  asks: readonly string[];
  /** What buttons with a name would send. */
  buttons: readonly (readonly [name: string, value: string])[];
}

/** The forms of a page, by a reading that knows no script. `fields` are the hidden ones. */
export function formsOf(html: string, url: string): HtmlForm[] {
  const visible = html.replaceAll(
    /<!--[\s\S]*?-->|<(script|style|template)\b[\s\S]*?<\/\1\s*>/gi,
    '',
  );
  return [...visible.matchAll(/<form\b([^>]*)>([\s\S]*?)<\/form\s*>/gi)].map(
    ([, written = '', content = '']) => {
      const form = attributesIn(written);
      const inputs = [
        ...content.matchAll(/<(?:input|textarea|select)\b((?:"[^"]*"|'[^']*'|[^>"'])*)>/gi),
      ].map(([, attributes = '']) => attributesIn(attributes));
      const buttons = [...content.matchAll(/<button\b((?:"[^"]*"|'[^']*'|[^>"'])*)>/gi)]
        .map(([, attributes = '']) => attributesIn(attributes))
        .filter((button) => button.has('name'));
      const named = inputs.filter((input) => input.has('name'));
      return {
        action: new URL(form.get('action') ?? '', url).href,
        method: form.get('method')?.toLowerCase() === 'post' ? 'post' : 'get',
        fields: named
          .filter((input) => input.get('type')?.toLowerCase() === 'hidden')
          .map((input) => [input.get('name') ?? '', input.get('value') ?? ''] as const),
        asks: named
          .filter((input) => input.get('type')?.toLowerCase() !== 'hidden')
          .map((input) => input.get('name') ?? ''),
        buttons: buttons.map(
          (button) => [button.get('name') ?? '', button.get('value') ?? ''] as const,
        ),
      };
    },
  );
}

/** Where a page moves on to by itself; `null` when it stays. */
export function refreshOf(html: string, url: string): string | null {
  for (const [, written = ''] of html.matchAll(/<meta\b([^>]*)>/gi)) {
    const attributes = attributesIn(written);
    if (attributes.get('http-equiv')?.toLowerCase() !== 'refresh') continue;
    const target = /^\s*0*\s*[;,]\s*url\s*=\s*["']?(.*?)["']?\s*$/i.exec(
      attributes.get('content') ?? '',
    );
    if (target !== null) return new URL(target[1] ?? '', url).href;
  }
  return null;
}

/** Text between the tags of the first heading; what a report calls the page. */
export function headingOf(html: string): string {
  const [, heading = ''] = /<h1\b[^>]*>([\s\S]*?)<\/h1\s*>/i.exec(html) ?? [];
  return unescapeHtml(heading.replaceAll(/<[^>]*>/g, '')).trim();
}

/** What a page tells of a failure, in its first words; `''` when it tells of none. */
export function alertOf(html: string): string {
  const [, alert = ''] =
    /<[^>]*\brole="alert"[^>]*>([\s\S]*?)<\/(?:strong|p)\s*>/i.exec(html) ?? [];
  const words = alert.replaceAll(/<(title|desc)\b[\s\S]*?<\/\1\s*>|<[^>]*>/gi, '');
  return unescapeHtml(words).trim();
}

function attributesIn(written: string): Map<string, string> {
  const found = written.matchAll(/([^\s"'=<>/]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?/g);
  return new Map(
    [...found].map(([, name = '', double, single, bare]) => [
      name.toLowerCase(),
      unescapeHtml(double ?? single ?? bare ?? ''),
    ]),
  );
}

const entities: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: '\u00a0',
};

function unescapeHtml(text: string): string {
  return text.replaceAll(/&(#x[0-9a-f]{1,6}|#[0-9]{1,7}|[a-z]+);/gi, (reference, name: string) => {
    if (!name.startsWith('#')) return entities[name.toLowerCase()] ?? reference;
    const hexadecimal = name[1]?.toLowerCase() === 'x';
    const point = Number.parseInt(name.slice(hexadecimal ? 2 : 1), hexadecimal ? 16 : 10);
    return point > 0x10ffff ? reference : String.fromCodePoint(point);
  });
}
