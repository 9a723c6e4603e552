import type { IssuedActivation } from '../../../src/devices/activations.js';
import type { Person } from '../../../src/directory/person.js';
import type { Drawbridge } from '../../../src/server/drawbridge.js';
import { issueCode } from '../phones.js';
import { until } from '../services/until.js';
import { choosePin, heading, press, typeCode, type Phone } from './phone.js';

/** Confirms when the phone's digits are those that the page shows. */
export async function confirmDigits(
  { base, parts }: Drawbridge,
  person: Person,
  issued: IssuedActivation,
  digits: string,
): Promise<void> {
  const { activationDesk } = parts.phones;
  await until(
    async () => ((await activationDesk.watch(issued.id, person.id))?.fingerprint ?? null) !== null,
  );
  const shown = (await activationDesk.watch(issued.id, person.id))?.fingerprint;
  if (shown !== digits) throw new Error(`the page shows ${shown}, the phone ${digits}`);
  await base.database.transaction((tx) => activationDesk.confirm(tx, issued.id, person.id));
}

/** From nothing to a profile that works, by typing. @returns the code that was typed */
export async function activate(
  drawbridge: Drawbridge,
  phone: Phone,
  person: Person,
  pin: string,
  name?: string,
): Promise<string> {
  const issued = await issueCode(drawbridge, person);
  await typeCode(phone.page, issued.code, name);
  await confirmDigits(drawbridge, person, issued, await choosePin(phone.page, pin));
  await heading(phone.page, 'All set');
  await press(phone.page, 'Done');
  return issued.code;
}

/** A sign-in that asks for an approval, without its pages. @returns what the page would show */
export async function askForApproval(
  { parts }: Drawbridge,
  person: Person,
): Promise<{ id: string; number: string }> {
  const profiles = await parts.phones.devices.usableProfiles(person.id);
  const opened = await parts.phones.desk.open(person, profiles, {
    clientAddress: '192.0.2.17',
    relyingParty: 'payroll',
    signIn: { id: 'sgn_test', service: 'Payroll', userAgent: firefox, knownBrowser: true },
  });
  if (!opened.ok) throw new Error(opened.reason);
  return opened.challenge;
}

const firefox = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0';
