import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { hash } from '@node-rs/argon2';
import { Secret } from 'otpauth';
import { PASSWORD } from '../people.js';
import type { Installation } from '../server-process.js';

export interface SeededPerson {
  username: string;
  upn: string | null;
  /** A GUID, as a directory writes it. */
  objectGuid: string | null;
  totpSecret: string;
}

/** The profile of Microsoft 365 for example.com, beside what the installation has. */
export function federateExample(folder: string): void {
  writeFileSync(
    join(folder, 'relying-parties', 'microsoft-365.yaml'),
    'id: microsoft-365\nname: Microsoft 365\nprofile: microsoft-365\ndomains: [example.com]\n',
  );
}

/** Imports them with a password that is hashed as the product does it, and writes the file of their credentials. */
export async function seedPeople(
  installation: Installation,
  folder: string,
  people: readonly SeededPerson[],
): Promise<string> {
  const passwordHash = await hash(PASSWORD, { memoryCost: 19_456, timeCost: 2, parallelism: 1 });
  const records = people.map(({ username, upn, objectGuid, totpSecret }) => ({
    username,
    name: `Person ${username}`,
    ...(upn === null ? {} : { upn }),
    password_hash: passwordHash,
    totp_secret: totpSecret,
    ...(objectGuid === null ? {} : { attributes: { objectGUID: objectGuid } }),
  }));
  const file = join(folder, 'people.yaml');
  writeFileSync(file, JSON.stringify(records), { mode: 0o600 });
  const { code, stderr } = await installation.command('person', 'import', file);
  if (code !== 0) throw new Error(stderr);
  const credentials = people.map(({ username, totpSecret }) => ({
    username,
    password: PASSWORD,
    totp_secret: totpSecret,
  }));
  writeFileSync(join(folder, 'credentials.yaml'), JSON.stringify(credentials), { mode: 0o600 });
  return 'credentials.yaml';
}

export function seededPerson(index: number): SeededPerson {
  const username = `person${String(index).padStart(5, '0')}`;
  const guid = index.toString(16).padStart(12, '0');
  return {
    username,
    upn: `${username}@example.com`,
    objectGuid: `6ba7b810-9dad-41d1-80b4-${guid}`,
    totpSecret: new Secret({ size: 20 }).base32,
  };
}
