import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { testInstallation, type TestInstallation } from './installation.js';

const people = `
- { username: anna, name: Anna, upn: Anna@example.com, attributes: { objectGUID: 03020100-0504-0706-0809-0a0b0c0d0e0f } }
- { username: otto, name: Otto, upn: otto@example.org, attributes: { objectGUID: AAAAAAAAAAAAAAAAAAAAAA== } }
- { username: bare, name: Bare, upn: bare@example.com }
- { username: away, name: Away, upn: away@elsewhere.example }
- { username: hexa, name: Hexa, upn: hexa@example.com, attributes: { objectguid: 03020100050407060809abcdefabcdef } }
- { username: none, name: None }
`;

let installation: TestInstallation;
beforeAll(async () => {
  installation = testInstallation();
  installation.write('people.yaml', people);
  const imported = await installation.call(['person', 'import', 'people.yaml']);
  expect(imported.code).toBe(0);
});
afterAll(() => installation.remove());

/** What is said of each person, by user name. */
async function reported(...args: string[]) {
  const { code, out, err } = await installation.call(['m365', 'report', ...args]);
  const said = new Map(
    out
      .split(/^(?=\w)/m)
      .map((text) => [text.split('\n')[0] ?? '', text.replaceAll(/ +/g, ' ')] as const),
  );
  return { code, out, err, of: (name: string) => said.get(name) ?? '' };
}

test('everybody of a federated domain, with the issuer of that domain', async () => {
  const { code, of, out } = await reported();
  expect(of('anna')).toContain('UPN Anna@example.com');
  expect(of('anna')).toContain(
    'ImmutableID AAECAwQFBgcICQoLDA0ODw== (from objectGUID, GUID 03020100-0504-0706-0809-0a0b0c0d0e0f)',
  );
  expect(of('anna')).toContain('Issuer https://login.example.com\n');
  expect(of('anna')).toContain('Entra says nothing against it');
  expect(of('otto')).toContain('Issuer https://login.example.com/saml/example-org\n');
  expect(of('bare')).toContain('ImmutableID none');
  expect(of('bare')).toContain('Entra says AADSTS90020');
  expect(of('bare')).toContain('ImmutableID none (nothing in objectGUID)');
  expect(of('bare')).toContain('but nothing in objectGUID');
  expect(out).not.toContain('immutable-id:');
  expect(of('away')).toBe('');
  expect(out).toContain('4 people, 2 of them could not get in.');
  expect(code).toBe(1);
});

test('what is no GUID is said as it is written, and is not called missing', async () => {
  const { code, of, out } = await reported('hexa');
  const why =
    'objectGUID holds 03020100050407060809abcdefabcdef, which is no GUID with hyphens and no base64 of 16 bytes';
  expect(of('hexa')).toContain(`ImmutableID none (${why})`);
  expect(of('hexa')).toContain(`Entra says AADSTS90020: There is one ImmutableID, but ${why}`);
  expect(out).not.toContain('immutable-id:');
  expect(code).toBe(1);
});

test('of those who are named, also why nothing would be sent', async () => {
  const { code, of } = await reported('away', 'none');
  expect(of('away')).toContain('the domain is not federated');
  expect(of('away')).toContain('AADSTS90020');
  expect(of('none')).toContain('UPN none');
  expect(code).toBe(1);
  expect((await reported('anna')).code).toBe(0);
  const nobody = await reported('nobody-at-all');
  expect(nobody.code).toBe(2);
  expect(nobody.err).toContain('There is no nobody-at-all.');
});

test('people with one ImmutableID are named in report, rehearsal and doctor, whatever domain the other is of', async () => {
  const twins = testInstallation();
  try {
    twins.write(
      'people.yaml',
      `
- { username: anna, name: Anna, upn: anna@example.com, attributes: { objectGUID: 03020100-0504-0706-0809-0a0b0c0d0e0f } }
- { username: copy, name: Copy, upn: copy@example.org, attributes: { objectGUID: '{03020100-0504-0706-0809-0A0B0C0D0E0F}' } }
- { username: alone, name: Alone, upn: alone@example.com, attributes: { objectGUID: AAAAAAAAAAAAAAAAAAAAAA== } }
- { username: local, name: Local, attributes: { objectGUID: AAECAwQFBgcICQoLDA0ODw== } }
`,
    );
    expect((await twins.call(['person', 'import', 'people.yaml'])).code).toBe(0);
    const { code, out } = await twins.call(['m365', 'report', 'anna']);
    expect(out).toContain('AADSTS51004: The ImmutableID is that of nobody else');
    expect(out).toContain('it is also that of copy@example.org, local');
    expect(code).toBe(1);
    expect((await twins.call(['m365', 'report', 'alone'])).code).toBe(0);
    const rehearsed = await twins.call(['m365', 'rehearse', '--domain', 'example.com']);
    expect(rehearsed.out).toMatch(/anna@example\.com .*FAILED +AADSTS51004 .*also that of copy@/);
    expect(rehearsed.out).toMatch(/alone@example\.com .*passed/);
    const examined = await twins.call(['m365', 'doctor']);
    expect(examined.out).toContain('the ImmutableID of local is also that of anna@example.com');
    expect(examined.code).toBe(1);
  } finally {
    twins.remove();
  }
});

test('with the people of the tenant, what Entra would say to each', async () => {
  const there = [
    { UserPrincipalName: 'anna@example.com', OnPremisesImmutableId: 'AAECAwQFBgcICQoLDA0ODw==' },
    { UserPrincipalName: 'otto@example.org', OnPremisesImmutableId: 'MyIRAFVEd2aImaq7zN3u/w==' },
  ];
  installation.write('users.json', JSON.stringify(there));
  const { of } = await reported('anna', 'otto', '--tenant-users', 'users.json');
  expect(of('anna')).toContain('Entra says lets them in');
  expect(of('otto')).toContain('Entra says AADSTS51004');
});

test('a report of nobody is no good one', async () => {
  const empty = testInstallation();
  try {
    expect(await empty.call(['m365', 'report'])).toEqual({
      code: 1,
      out: '',
      err: expect.stringContaining('Nobody here has a UPN in example.com, example.org.'),
    });
  } finally {
    empty.remove();
  }
});

test('a rehearsal with nobody is no good one', async () => {
  const empty = testInstallation();
  try {
    expect(await empty.call(['m365', 'rehearse', '--domain', 'example.org'])).toMatchObject({
      code: 1,
      err: expect.stringContaining('Nobody here has a UPN in example.org.'),
    });
  } finally {
    empty.remove();
  }
});
