import { formsOf, refreshOf } from '../../../src/entra-twin/html-form.js';
import type { Arrival } from '../../../src/entra-twin/sign-in-by-person.js';
import type { Page, WebBrowser } from '../../../src/entra-twin/web-browser.js';
import { PIN } from '../phones.js';
import type { ReferenceAuthenticator } from '../reference-authenticator/reference-authenticator.js';

/** Goes through the pages of the provider up to the one that waits for the phone, answers there, and loads it again. */
export function answerByPhone(
  phone: ReferenceAuthenticator,
  decision: 'approve' | 'deny' | 'not_me' = 'approve',
): (browser: WebBrowser, page: Page) => Promise<Arrival> {
  return async (browser, first) => {
    const waiting = await settled(browser, first);
    const number = /<p class="digits"[^>]*>(\d+)<\/p>/.exec(waiting.body)?.[1];
    const [challenge] = await phone.pending();
    if (number === undefined || challenge === undefined)
      return { kind: 'stopped', at: waiting.url };
    if (decision === 'approve') await phone.approve(challenge, { number, pin: PIN });
    else await phone.deny(challenge, decision);
    const page = await settled(browser, await browser.get(waiting.url));
    const form = formsOf(page.body, page.url).find(({ fields }) =>
      fields.some(([name]) => name === 'id_token' || name === 'error'),
    );
    return form === undefined
      ? { kind: 'stopped', at: page.url }
      : { kind: 'answered', form, shown: 1 };
  };
}

async function settled(browser: WebBrowser, first: Page): Promise<Page> {
  let page = first;
  for (let hop = 0; hop < 10; hop += 1) {
    const onward = page.location ?? refreshOf(page.body, page.url);
    if (onward === null) return page;
    page = await browser.get(onward);
  }
  return page;
}
