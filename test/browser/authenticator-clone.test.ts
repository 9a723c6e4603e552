import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { chromiumBinary } from '../support/chromium.js';
import { addPerson } from '../support/people.js';
import { buildApp } from '../support/phone-app/build-app.js';
import { activate } from '../support/phone-app/desk.js';
import { heading, startPhone } from '../support/phone-app/phone.js';
import { startTestServer, type TestServer } from '../support/start-server.js';
import { temporaryFolder } from '../support/temporary-folder.js';

const isMissing = chromiumBinary === undefined && process.env['CI'] !== 'true';
const suite = isMissing ? describe.skip : describe;

suite('a copied browser profile', () => {
  const folder = temporaryFolder();
  let server: TestServer;
  beforeAll(async () => {
    await buildApp();
    server = await startTestServer({ relyingParties: [], processes: 1 });
  });
  afterAll(() => server?.close());

  test('works until the original is used again; then nobody has the profile', async () => {
    const { person } = await addPerson(server.drawbridge, 'anna', { otp: false });
    const { devices } = server.drawbridge.parts.phones;
    const original = join(folder.path, 'original');
    const first = await startPhone(server.url, { profile: original });
    await activate(server.drawbridge, first, person, '274093');
    await first.close();
    const copy = join(folder.path, 'copy');
    cpSync(original, copy, { recursive: true });

    const clone = await startPhone(server.url, { profile: copy });
    await heading(clone.page, 'Your profiles');
    await clone.page.getByText('Requests appear here by themselves').waitFor();
    // A few requests, so that the original is behind.
    for (let visits = 0; visits < 3; visits += 1) {
      await clone.page.reload();
      await heading(clone.page, 'Your profiles');
    }
    expect(await devices.usableProfiles(person.id)).toHaveLength(1);

    const again = await startPhone(server.url, { profile: original });
    await again.page.getByText('the profile was revoked').waitFor();
    await heading(again.page, 'Confirm your sign-ins here');
    await clone.page.getByText('the profile was revoked').waitFor();
    expect(await devices.usableProfiles(person.id)).toEqual([]);
    await again.close();
    await clone.close();
  });
});
