import { escapeHtml } from '../../web/escape-html.js';

/** HTML that may be sent as it is. */
export class Markup {
  readonly html: string;
  constructor(html: string) {
    this.html = html;
  }
}

type Part = Markup | string | number | null | readonly Markup[];

/** A template whose values are escaped unless they are markup themselves; `null` prints nothing. */
export function markup(strings: TemplateStringsArray, ...values: readonly Part[]): Markup {
  return new Markup(String.raw({ raw: strings }, ...values.map(textOf)));
}

function textOf(value: Part): string {
  if (value === null) return '';
  if (value instanceof Markup) return value.html;
  if (Array.isArray(value)) return (value as readonly Markup[]).map((one) => one.html).join('');
  return escapeHtml(value);
}
