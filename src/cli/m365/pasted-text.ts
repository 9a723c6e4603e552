/**
 * What somebody copied, in the order in which the layers around it come off: a page is read for its fields, escapes of HTML
 * and of URLs are undone, lines of a browser's tools become a form.
 * @returns texts to be recognised, the likeliest first
 */
export function readingsOf(pasted: string): string[] {
  const text = pasted.replace(/^\ufeff/, '').trim();
  const fields = fieldsOfPage(text) ?? fieldsOfTools(text);
  if (fields !== null) return [fields];
  const readings = [text];
  const bare = unquoted(text);
  if (bare !== text) readings.push(bare);
  const unescaped = withoutEntities(bare);
  if (unescaped !== bare) readings.push(unescaped);
  const decoded = percentDecoded(bare);
  if (decoded !== null) readings.push(decoded, withoutEntities(decoded));
  return readings;
}

/** The hidden fields of a form, as “view source” shows the page that posts itself. */
function fieldsOfPage(text: string): string | null {
  if (!/<(?:!doctype html|html|form|input)\b/i.test(text)) return null;
  const form = new URLSearchParams();
  for (const [tag] of text.matchAll(/<input\b(?:[^>"']|"[^"]*"|'[^']*')*>/gi)) {
    const name = attributeOf(tag, 'name');
    if (name !== null) form.append(name, attributeOf(tag, 'value') ?? '');
  }
  return form.size === 0 ? null : form.toString();
}

function attributeOf(tag: string, name: string): string | null {
  const found = new RegExp(`\\s${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)'|([^\\s>]+))`, 'i').exec(tag);
  const written = found?.[1] ?? found?.[2] ?? found?.[3];
  return written === undefined ? null : withoutEntities(written);
}

const posted =
  'SAMLResponse|RelayState|wa|wresult|wctx|id_token|id_token_hint|state|error|error_description';
const firstField = new RegExp(`^(?:${posted})[:\\t]`);
const eachField = new RegExp(`^(${posted})[:\\t]([^]*?)(?=\\n(?:${posted})[:\\t]|$(?![^]))`, 'gm');

/** `SAMLResponse: PHNhbWxw…`, one field after the other, as the network tab shows a form. */
function fieldsOfTools(text: string): string | null {
  if (!firstField.test(text)) return null;
  const form = new URLSearchParams();
  for (const [, name = '', value = ''] of text.matchAll(eachField)) {
    form.append(name, withoutEntities(value.trim()));
  }
  return form.toString();
}

const unquoted = (text: string): string =>
  /^"[^]*"$/.test(text) || /^'[^]*'$/.test(text) ? text.slice(1, -1).trim() : text;

const entities: Readonly<Record<string, string>> = {
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  amp: '&',
};

/** Only what stands around markup: an entity of the document itself comes back as it was written there. */
function withoutEntities(text: string): string {
  return text.replaceAll(
    /&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|(lt|gt|quot|apos|amp));/gi,
    (whole, hex?: string, decimal?: string, name?: string) => {
      if (name !== undefined) return entities[name.toLowerCase()] ?? whole;
      const point = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
      return point <= 0x10_ffff ? String.fromCodePoint(point) : whole;
    },
  );
}

/** `null`: there is nothing to decode, or it is none. A plus is a space only where spaces were encoded so. */
function percentDecoded(text: string): string | null {
  if (!/%[0-9a-f]{2}/i.test(text)) return null;
  const isMarkup = /^%3c/i.test(text);
  try {
    return decodeURIComponent(text.replaceAll('+', isMarkup ? ' ' : '%2B'));
  } catch {
    return null;
  }
}
