import type { Person } from '../../src/directory/person.js';
import type { IssuedActivation } from '../../src/devices/activations.js';
import type { Drawbridge } from '../../src/server/drawbridge.js';
import type { TestBrowser, Visit } from './browser.js';
import { PASSWORD } from './people.js';
import { ReferenceAuthenticator } from './reference-authenticator/reference-authenticator.js';
import type { TestServer } from './start-server.js';

export const PIN = '739164';

/** A code as the account page would issue it. */
export function issueCode(
  { base, parts }: Drawbridge,
  person: Person,
  by: 'self' | 'administrator' = 'self',
): Promise<IssuedActivation> {
  const { activationDesk } = parts.phones;
  const issuer =
    by === 'self'
      ? ({ origin: 'self', clientAddress: '127.0.0.1' } as const)
      : ({ origin: 'administrator', actor: 'help desk' } as const);
  return base.database.transaction((tx) => activationDesk.issue(tx, person, issuer));
}

/** A phone with a profile in force. */
export async function addPhone(
  server: TestServer,
  person: Person,
  options: { pin?: string; name?: string; codes?: boolean } = {},
): Promise<ReferenceAuthenticator> {
  const { drawbridge, url } = server;
  const phone = new ReferenceAuthenticator(url, () => drawbridge.base.clock.now());
  const issued = await issueCode(drawbridge, person);
  const done = await phone.activate(issued.code, options.pin ?? PIN, options);
  if (done.status !== 200) throw new Error(`not activated: ${JSON.stringify(done.body)}`);
  await confirm(drawbridge, person, issued.id);
  return phone;
}

export async function confirm(
  { base, parts }: Drawbridge,
  person: Person,
  id: IssuedActivation['id'],
): Promise<void> {
  const { activationDesk } = parts.phones;
  const confirmed = await base.database.transaction((tx) =>
    activationDesk.confirm(tx, id, person.id),
  );
  if (confirmed === null) throw new Error('nothing to confirm');
}

/** From a service to the page that waits for the phone. */
export async function upToPhone(
  browser: TestBrowser,
  url: string,
  username: string,
): Promise<Visit> {
  return browser.submit(await browser.open(url), { username, password: PASSWORD });
}

/** The number on the waiting page. */
export function numberOn(page: Visit): string {
  const number = /<p class="digits"[^>]*>(\d+)<\/p>/.exec(page.body)?.[1];
  if (number === undefined) throw new Error(`no number on ${page.url}:\n${page.body}`);
  return number;
}
