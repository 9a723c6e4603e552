import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { hash } from '@node-rs/argon2';
import { Secret, TOTP } from 'otpauth';
import { PASSWORD } from './people.js';
import type { Installation } from './server-process.js';

export interface ImportedPerson {
  username: string;
  code: (later?: number) => string;
}

/** People of another system, with its password hashes and code secrets, brought in by the command line. */
export async function importPeople(
  installation: Installation,
  folder: string,
  usernames: readonly string[],
): Promise<ImportedPerson[]> {
  const passwordHash = await hash(PASSWORD, { memoryCost: 19_456, timeCost: 2, parallelism: 1 });
  const people = usernames.map((username) => ({ username, secret: new Secret({ size: 20 }) }));
  const records = people.map(({ username, secret }) => ({
    username,
    name: `Person ${username}`,
    mail: `${username}@example.org`,
    password_hash: passwordHash,
    totp_secret: secret.base32,
  }));
  const file = join(folder, 'people.yaml');
  writeFileSync(file, JSON.stringify(records), { mode: 0o600 });
  const { code, stderr } = await installation.command('person', 'import', file);
  if (code !== 0) throw new Error(stderr);
  return people.map(({ username, secret }) => {
    const totp = new TOTP({ secret });
    return {
      username,
      code: (later = 0) => totp.generate({ timestamp: Date.now() + later * 30_000 }),
    };
  });
}
