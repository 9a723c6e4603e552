import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { activationLink, groupedActivationCode } from '../../src/devices/wire/activation-code.js';
import type { Person } from '../../src/directory/person.js';
import { buildApp } from '../support/phone-app/build-app.js';
import { chromiumBinary } from '../support/chromium.js';
import { lookAt } from '../support/looked-at-page.js';
import { addPerson } from '../support/people.js';
import { confirmDigits } from '../support/phone-app/desk.js';
import {
  choosePin,
  heading,
  nameDevice,
  press,
  startPhone,
  typeCode,
  type Phone,
} from '../support/phone-app/phone.js';
import { fakeCamera, writeQrVideo } from '../support/phone-app/qr-video.js';
import { issueCode } from '../support/phones.js';
import { until } from '../support/services/until.js';
import { startTestServer, type TestServer } from '../support/start-server.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const isMissing = chromiumBinary === undefined && process.env['CI'] !== 'true';
const suite = isMissing ? describe.skip : describe;
const pin = '274093';

suite('activation of the phone app', () => {
  const folder = temporaryFolder();
  let server: TestServer;
  let anna: Person;
  const phones: Phone[] = [];
  const phone = async (options: Parameters<typeof startPhone>[1] = {}): Promise<Phone> => {
    const started = await startPhone(server.url, options);
    phones.push(started);
    return started;
  };

  beforeAll(async () => {
    await buildApp();
    server = await startTestServer({ relyingParties: [], processes: 1 });
    ({ person: anna } = await addPerson(server.drawbridge, 'anna', { otp: false }));
  });
  afterAll(async () => {
    for (const { close } of phones) await close();
    await server?.close();
  });

  const finish = async ({ page }: Phone, issued: Awaited<ReturnType<typeof issueCode>>) => {
    await confirmDigits(server.drawbridge, anna, issued, await choosePin(page, pin));
    await heading(page, 'All set');
    await press(page, 'Done');
    await heading(page, 'Your profiles');
  };

  test('by a link on the same phone, which leaves no code in the address and uses none up by being opened', async () => {
    const issued = await issueCode(server.drawbridge, anna);
    const link = activationLink(`${server.url}/authenticator/`, issued.code);
    const opened = await phone({ path: link.slice(server.url.length) });
    await heading(opened.page, 'Add this device');
    // An offer to install the app, whenever it comes, changes nothing.
    await opened.page.evaluate("dispatchEvent(new Event('beforeinstallprompt'))");
    await heading(opened.page, 'Add this device');
    expect(opened.page.url()).not.toContain(issued.code);
    const looked = await phone({ path: link.slice(server.url.length) });
    await heading(looked.page, 'Add this device');
    await nameDevice(opened.page);
    await finish(opened, issued);
    // Whoever comes second finds it used.
    await nameDevice(looked.page);
    await looked.page.getByText('This code is not valid any more').waitFor();
    expect([...opened.problems, ...looked.problems]).toEqual([]);
  });

  test('by scanning the QR code with the camera', async () => {
    const issued = await issueCode(server.drawbridge, anna);
    const film = join(folder.path, 'code.y4m');
    writeQrVideo(film, activationLink(`${server.url}/authenticator/`, issued.code));
    const scanning = await phone({ args: fakeCamera(film) });
    const { page } = scanning;
    await press(page, 'Scan or type the code');
    const readers: string[] = [];
    page.on('request', (request) => readers.push(request.url()));
    await press(page, 'Scan the QR code');
    await heading(page, 'Add this device');
    // The reader comes with the first scan, not with the app.
    expect(readers.filter((url) => /read-with-jsqr/.test(url))).toHaveLength(1);
    await nameDevice(page);
    await finish(scanning, issued);
    expect(scanning.problems).toEqual([]);
  });

  test('a QR code of somebody else is named as such', async () => {
    const film = join(folder.path, 'foreign.y4m');
    const code = 'S34WNJYCSQ7CZM6HTB9X9NEPTZCDKPPV';
    writeQrVideo(film, `https://id.elsewhere.example/authenticator/#a=${code}`);
    const { page, problems } = await phone({ args: fakeCamera(film) });
    await press(page, 'Scan or type the code');
    await press(page, 'Scan the QR code');
    await page.getByText('That code belongs to id.elsewhere.example').waitFor();
    problems.push(...(await lookAt(page, 'authenticator-scan', { script: true, scheme: 'light' })));
    await press(page, 'Stop the camera');
    expect(problems).toEqual([]);
  });

  test('a code of the help desk needs its second secret', async () => {
    const issued = await issueCode(server.drawbridge, anna, 'administrator');
    const asked = await phone();
    const { page } = asked;
    await typeCode(page, issued.code);
    await page.getByText('needs the second secret as well').waitFor();
    await page.getByLabel('Second secret').fill('00000000');
    await press(page, 'Continue');
    await page.getByText('The second secret was not right').waitFor();
    const look = await lookAt(page, 'authenticator-second-secret', {
      script: true,
      scheme: 'light',
    });
    await page.getByLabel('Second secret').fill(issued.secondSecret ?? '');
    await press(page, 'Continue');
    await finish(asked, issued);
    expect([...asked.problems, ...look]).toEqual([]);
  });

  test('goes on where it was after the app was closed, and is wiped when the page refuses', async () => {
    const issued = await issueCode(server.drawbridge, anna);
    const { page, problems } = await phone();
    await typeCode(page, issued.code);
    await heading(page, 'Choose a PIN');
    await page.goto('about:blank');
    await page.goto(`${server.url}/authenticator/`);
    await page.getByText('Not confirmed yet').waitFor();
    await press(page, 'Continue to set up');
    const digits = await choosePin(page, pin);
    await page.reload();
    await heading(page, 'Compare the digits');
    expect(await page.locator('.fingerprint .digits').textContent()).toBe(
      `${digits.slice(0, 3)} ${digits.slice(3)}`,
    );
    const { base, parts } = server.drawbridge;
    const { activationDesk } = parts.phones;
    await base.database.transaction((tx) => activationDesk.refuse(tx, issued.id, anna.id));
    await page.getByText('was turned down on the web page').waitFor();
    await heading(page, 'Confirm your sign-ins here');
    expect(problems).toEqual([]);
  });

  test('a link that an iPhone opens in Safari says that the app has to be installed first', async () => {
    const issued = await issueCode(server.drawbridge, anna);
    const { page, problems } = await phone({
      path: `/authenticator/#a=${issued.code}`,
      userAgent:
        'Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.0 Mobile/15E148 Safari/604.1',
    });
    await heading(page, 'Put the app on your home screen');
    await page.getByText(groupedActivationCode(issued.code)).waitFor();
    problems.push(...(await lookAt(page, 'authenticator-ios', { script: true, scheme: 'light' })));
    await press(page, 'Start page');
    await page.getByText('What is set up in Safari is not in the app').waitFor();
    expect(problems).toEqual([]);
  });

  test('speaks the language of the browser', async () => {
    const { page, problems } = await phone({ locale: 'sv-SE' });
    await heading(page, 'Bekräfta dina inloggningar här');
    expect(await page.evaluate('document.documentElement.lang')).toBe('sv');
    problems.push(...(await lookAt(page, 'authenticator-sv', { script: true, scheme: 'light' })));
    await press(page, 'Hjälp');
    await heading(page, 'Hjälp');
    problems.push(
      ...(await lookAt(page, 'authenticator-sv-help', { script: true, scheme: 'dark' })),
    );
    expect(problems).toEqual([]);
  });

  test('without the wish for codes none are made', async () => {
    const issued = await issueCode(server.drawbridge, anna);
    const without = await phone();
    const { page } = without;
    await typeCode(page, issued.code);
    await page.getByLabel('One-time codes without network').uncheck();
    await finish(without, issued);
    await page.getByText('Requests only').waitFor();
    expect(await page.getByRole('button', { name: 'One-time code' }).count()).toBe(0);
    expect(without.problems).toEqual([]);
  });

  test('a profile that the help desk revokes is wiped from the phone, which says so', async () => {
    const issued = await issueCode(server.drawbridge, anna);
    const doomed = await phone();
    await typeCode(doomed.page, issued.code);
    await finish(doomed, issued);
    const { base, parts } = server.drawbridge;
    const profiles = await parts.phones.devices.usableProfiles(anna.id);
    const newest = profiles.toSorted((a, b) => b.createdAt - a.createdAt)[0]!;
    await base.database.transaction((tx) =>
      parts.phones.revocation.revokeProfile(tx, newest.id, { because: 'help-desk' }),
    );
    await doomed.page.getByText('the profile was revoked').waitFor();
    await until(async () => {
      const script = `indexedDB.databases().then(async () => new Promise((resolve) => {
        indexedDB.open('drawbridge-authenticator').onsuccess = ({ target }) => {
          target.result.transaction('profiles').objectStore('profiles').count().onsuccess = (event) => resolve(event.target.result);
        };
      }))`;
      return (await doomed.page.evaluate<number>(script)) === 0;
    });
    expect(doomed.problems).toEqual([]);
  });
});
