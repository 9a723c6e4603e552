import { Secret, TOTP } from 'otpauth';
import type { Person } from '../../src/directory/person.js';
import { createTotpImport } from './factors/import-totp.js';
import type { Drawbridge } from '../../src/server/drawbridge.js';

export const PASSWORD = 'correct horse battery staple 7';

/** Somebody with a password, and with an authenticator app unless `otp` is false. */
export async function addPerson(
  drawbridge: Drawbridge,
  username: string,
  options: { otp?: boolean; groups?: string[]; mail?: string } = {},
): Promise<{ person: Person; code: (at?: number) => string }> {
  const { base, parts } = drawbridge;
  const added = await parts.people.add({
    username,
    name: `Person ${username}`,
    mail: options.mail ?? `${username}@example.org`,
    groups: options.groups ?? ['staff'],
  });
  const set = await parts.passwords.setPassword(added, PASSWORD);
  if (!set.ok) throw new Error(set.failure);
  const secret = new Secret({ size: 20 });
  if (options.otp !== false) {
    const importTotp = createTotpImport(base);
    await base.database.transaction((tx) => importTotp(tx, added.id, secret.base32));
  }
  const totp = new TOTP({ secret });
  return { person: set.value, code: (at = base.clock.now()) => totp.generate({ timestamp: at }) };
}
