import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Person } from '../../src/directory/person.js';
import { buildApp } from '../support/phone-app/build-app.js';
import { chromiumBinary } from '../support/chromium.js';
import { lookAt } from '../support/looked-at-page.js';
import { addPerson } from '../support/people.js';
import { askForApproval, confirmDigits } from '../support/phone-app/desk.js';
import {
  choosePin,
  heading,
  phoneSize,
  press,
  startPhone,
  typeCode,
  type Phone,
} from '../support/phone-app/phone.js';
import { issueCode } from '../support/phones.js';
import { startTestServer, type TestServer } from '../support/start-server.js';

const isMissing = chromiumBinary === undefined && process.env['CI'] !== 'true';
const suite = isMissing ? describe.skip : describe;
const pin = '274093';

// A small screen is also what 200 % zoom leaves of a larger one.
const small = { width: 320, height: 640 };

suite.each([
  { name: 'light', scheme: 'light', size: phoneSize },
  { name: 'dark', scheme: 'dark', size: phoneSize },
  { name: 'small', scheme: 'light', size: small },
] as const)('the phone app, $name', ({ name: variant, scheme, size }) => {
  let server: TestServer;
  let phone: Phone;
  let anna: Person;
  let step = 0;
  const problems: string[] = [];

  beforeAll(async () => {
    await buildApp();
    server = await startTestServer({ relyingParties: [] });
    ({ person: anna } = await addPerson(server.drawbridge, 'anna', { otp: false }));
    phone = await startPhone(server.url, { scheme });
    await phone.page.setViewportSize(size);
  });
  afterAll(async () => {
    await phone?.close();
    await server?.close();
  });

  const look = async (what: string) => {
    step += 1;
    const name = `authenticator-${variant}-${String(step).padStart(2, '0')}-${what}`;
    problems.push(...(await lookAt(phone.page, name, { script: true, scheme })));
  };

  test('a device without profiles says what to do, and is activated by a typed code', async () => {
    const { page } = phone;
    await heading(page, 'Confirm your sign-ins here');
    await look('welcome');
    await press(page, 'Scan or type the code');
    await page.getByLabel('Activation code').fill('nonsense');
    await press(page, 'Continue');
    await page.getByText('This is no activation code').waitFor();
    await look('add');
    await press(page, 'Start page');
    const issued = await issueCode(server.drawbridge, anna);
    await typeCode(page, issued.code);
    await heading(page, 'Choose a PIN');
    await page.getByLabel('New PIN').fill('123456');
    await press(page, 'Set the PIN');
    await page.getByText('Digits in a row').waitFor();
    await look('weak-pin');
    const digits = await choosePin(page, pin);
    await look('compare');
    await confirmDigits(server.drawbridge, anna, issued, digits);
    await heading(page, 'All set');
    await look('all-set');
    await press(page, 'Done');
    await heading(page, 'Your profiles');
    await look('home');
  });

  test('a request appears by itself and is approved with number and PIN', async () => {
    const { page } = phone;
    const challenge = await askForApproval(server.drawbridge, anna);
    await heading(page, 'Is this you signing in?');
    await look('request');
    await page.getByLabel('Type the number').fill(challenge.number);
    await page.getByLabel('Your PIN').fill(pin);
    await look('request-filled');
    await press(page, 'Approve sign-in');
    await heading(page, 'Approved');
    await look('approved');
    await press(page, 'Done');
    await heading(page, 'Your profiles');
  });

  test('a code', async () => {
    const { page } = phone;
    await press(page, 'One-time code');
    await look('code-pin');
    await page.getByLabel('Your PIN').fill(pin);
    await press(page, 'Get a code');
    await page.getByRole('button', { name: 'Show the code' }).waitFor();
    await look('code-masked');
    await press(page, 'Show the code');
    await look('code');
    await press(page, 'Done');
  });

  test('codes that are not taken: the app says until when, or what to do', async () => {
    const { page } = phone;
    const { database, clock } = server.drawbridge.base;
    const lock = (values: { locked_until: number | null; failures_total: number }) =>
      database.db
        .updateTable('otp_credentials')
        .set(values)
        .where('person_id', '=', anna.id)
        .execute();
    // Opened anew, the app asks at once.
    const openCodes = async () => {
      await page.reload();
      await heading(page, /Your profiles|One-time code/);
      await page.goto(`${server.url}/authenticator/#/`);
      await press(page, 'One-time code');
    };
    await lock({ locked_until: clock.now() + 3_600_000, failures_total: 10 });
    await openCodes();
    await page.getByText('Codes are not accepted until').waitFor();
    await look('codes-locked');
    await lock({ locked_until: null, failures_total: 100 });
    await openCodes();
    await page.getByText('Codes are not accepted any more').waitFor();
    await page.getByText('open codes again on your account page').waitFor();
    await look('codes-locked-for-good');
    await lock({ locked_until: null, failures_total: 0 });
    await openCodes();
    await page.getByText('Codes are not accepted').waitFor({ state: 'detached' });
    await press(page, 'Start page');
  });

  test('settings and help', async () => {
    const { page } = phone;
    await press(page, /Settings of/);
    await heading(page, 'Settings');
    await look('settings');
    await page.getByLabel('Name of the profile').fill('  Work phone ');
    await press(page, 'Save');
    await page.getByText('The name was saved').waitFor();
    await press(page, 'Turn on notifications');
    // There is no push service here; nothing waits for one for ever.
    await page.getByText(/Notifications (are|cannot|could not)/).waitFor();
    await press(page, 'Turn off for good');
    await look('settings-sure');
    await press(page, 'Yes, do it');
    await page.getByText('Off. They come back only by a new activation').waitFor();
    const { devices } = server.drawbridge.parts.phones;
    const [profile] = await devices.usableProfiles(anna.id);
    expect(profile).toMatchObject({ name: 'Work phone', codeCredential: null });
    await press(page, 'Help');
    await heading(page, 'Help');
    await page.locator('summary').first().click();
    await look('help');
  });

  test('removed by its owner, a profile is revoked', async () => {
    const { page } = phone;
    await press(page, 'Start page');
    await press(page, /Settings of/);
    await press(page, 'Remove the profile');
    await press(page, 'Yes, do it');
    await page.getByText('was removed from this device').waitFor();
    await look('removed');
    const { devices } = server.drawbridge.parts.phones;
    expect(await devices.usableProfiles(anna.id)).toEqual([]);
  });

  test('nothing was wrong', () => {
    expect(phone.problems).toEqual([]);
    expect(problems).toEqual([]);
  });
});
