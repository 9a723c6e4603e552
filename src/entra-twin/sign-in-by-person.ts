import { alertOf, formsOf, headingOf, refreshOf, type HtmlForm } from './html-form.js';
import type { PostedForm } from './posted-form.js';
import { totp } from './totp.js';
import type { Page, WebBrowser } from './web-browser.js';

/** What somebody types. */
export interface Credentials {
  username: string;
  password: string;
  /** base32; without it the person has no code to type. */
  totpSecret: string | null;
}

/** How a walk through the pages of the provider ended. */
export type Arrival =
  { kind: 'answered'; form: PostedForm; shown: number } | { kind: 'stopped'; at: string };

/** Hidden fields of which one makes a form an answer. */
const answers = ['SAMLResponse', 'wresult', 'id_token', 'error'];
const mostSteps = 24;

/**
 * Goes through the pages as somebody would who types what they are asked for, until a page posts an answer to another
 * site. `shown` counts the kinds of factor that were typed. Stays at `origin`, that of the server under test: nothing else is
 * visited, and nothing typed is sent anywhere else.
 */
export async function signInByPerson(
  browser: WebBrowser,
  first: Page,
  credentials: Credentials,
  deps: { now: () => number; origin: string },
): Promise<Arrival> {
  const shown = new Set<'password' | 'code'>();
  let page = first;
  if (!isAt(deps.origin, page.url)) return sentTo(page.url);
  for (let step = 0; step < mostSteps; step += 1) {
    const onward = page.location ?? refreshOf(page.body, page.url);
    if (onward !== null) {
      if (!isAt(deps.origin, onward)) return sentTo(onward);
      page = await browser.get(onward);
      continue;
    }
    const forms = formsOf(page.body, page.url);
    const answer = forms.find(({ fields }) => fields.some(([name]) => answers.includes(name)));
    if (answer !== undefined) {
      return { kind: 'answered', form: answer, shown: shown.size };
    }
    if (page.status >= 400) break;
    const filled = fill(forms, credentials, shown, deps.now());
    if (filled === null) break;
    if (!isAt(deps.origin, filled.action)) return sentTo(filled.action);
    page = await browser.post(filled, new URL(page.url).origin);
  }
  return { kind: 'stopped', at: whyStopped(page, credentials, [...shown].at(-1) ?? null) };
}

/** Why nobody gets past a page, as far as it tells. What was typed is not repeated but for the name. */
function whyStopped(
  { url, status, body }: Page,
  { username, totpSecret }: Credentials,
  typed: 'password' | 'code' | null,
): string {
  const told = alertOf(body);
  const says = told === '' ? '' : `: "${told}"`;
  // Which of the two it is, and whether the account is locked, no page tells.
  if (status === 401 && typed === 'password')
    return `the user name or the password of ${username} is not right, or the account is locked or disabled${says}`;
  if (status === 401 && typed === 'code') return `the code of ${username} is not taken${says}`;
  const asksCode = formsOf(body, url).some(({ asks }) => asks.includes('code'));
  if (asksCode && totpSecret === null)
    return `a code is asked for, and ${username} has no totp_secret in the credentials`;
  const heading = headingOf(body);
  return `${new URL(url).pathname} answered ${status}${heading === '' ? '' : `, "${heading}"`}${says}`;
}

/** Whether a URL is of the server under test. */
export const isAt = (origin: string, url: string): boolean =>
  URL.canParse(url) && new URL(url).origin === origin;

/** Without what may follow the address: that may be meant for another site alone. */
const sentTo = (url: string): Arrival => {
  const { origin, pathname } = new URL(url);
  return { kind: 'stopped', at: `people are sent to ${origin}${pathname}` };
};

/** The first form that can be filled in; nothing is typed twice, because a wrong one would only be wrong again. */
function fill(
  forms: readonly HtmlForm[],
  { username, password, totpSecret }: Credentials,
  shown: Set<'password' | 'code'>,
  now: number,
): PostedForm | null {
  for (const form of forms) {
    if (form.method !== 'post') continue;
    const typed: [string, string][] = [];
    if (form.asks.includes('username')) typed.push(['username', username]);
    if (form.asks.includes('password')) {
      if (shown.has('password')) return null;
      shown.add('password');
      typed.push(['password', password]);
    } else if (form.asks.includes('code')) {
      if (totpSecret === null || shown.has('code')) return null;
      shown.add('code');
      typed.push(['code', totp(totpSecret, now)]);
    }
    if (typed.length > 0) return { action: form.action, fields: [...form.fields, ...typed] };
    const byCode = form.buttons.find(([name, value]) => name === 'method' && value === 'otp');
    if (byCode !== undefined && totpSecret !== null) {
      return { action: form.action, fields: [...form.fields, byCode] };
    }
  }
  return null;
}
