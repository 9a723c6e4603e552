import { readActivationCode } from '../../src/devices/wire/activation-code.js';
import type { Clock } from '../../src/kernel/clock.js';
import type { Visit } from './browser.js';
import { PIN } from './phones.js';
import { ReferenceAuthenticator } from './reference-authenticator/reference-authenticator.js';

/** The code that a page shows to be typed on the phone. */
export function codeOn(page: Visit): string {
  const shown = /<span class="secret">([^<]+)<\/span>/.exec(page.body)?.[1] ?? '';
  const code = readActivationCode(shown);
  if (code === null) throw new Error(`no code on ${page.url}:\n${page.body}`);
  return code;
}

/** The six digits of a page, without what groups them. */
export function digitsOn(page: Visit): string {
  const shown = /<p class="digits">([\s\S]*?)<\/p>/.exec(page.body)?.[1] ?? '';
  return shown.replace(/<[^>]*>|\s/g, '');
}

/** A phone that has used the code of a page and done its part. */
export async function readCodeOf(
  page: Visit,
  url: string,
  clock: Clock,
): Promise<ReferenceAuthenticator> {
  const phone = new ReferenceAuthenticator(url, () => clock.now());
  const done = await phone.activate(codeOn(page), PIN, {});
  if (done.status !== 200) throw new Error(`not activated: ${JSON.stringify(done.body)}`);
  return phone;
}
