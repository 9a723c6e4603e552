import type { Person } from '../../src/directory/person.js';
import type { RevokedBy } from '../../src/devices/device-store.js';
import type { TestBrowser, Visit } from './browser.js';
import { numberOn, PIN, upToPhone } from './phones.js';
import type { ReferenceAuthenticator } from './reference-authenticator/reference-authenticator.js';
import type { TestServer } from './start-server.js';

/** From a service to where the approval leads. */
export async function approveFor(
  browser: TestBrowser,
  url: string,
  person: Person,
  phone: ReferenceAuthenticator,
): Promise<Visit> {
  const page = await upToPhone(browser, url, person.username);
  const [challenge] = await phone.pending();
  const answer = await phone.approve(challenge!, { number: numberOn(page), pin: PIN });
  if (answer.status !== 200) throw new Error(JSON.stringify(answer.body));
  return browser.open(page.url);
}

/** As the help desk does, or for another reason. */
export async function revokePhone(
  { drawbridge }: TestServer,
  phone: ReferenceAuthenticator,
  because: RevokedBy['because'] = 'help-desk',
): Promise<void> {
  const { revocation } = drawbridge.parts.phones;
  await drawbridge.base.database.transaction((tx) =>
    revocation.revokeProfile(tx, phone.kept.profile as never, { because }),
  );
}
