import type { Directory } from '../directory/directory.js';
import type { PasswordChanges } from '../directory/local/password-changes.js';
import type { People } from '../directory/local/people.js';
import type { Person } from '../directory/person.js';
import { DrawbridgeError } from '../kernel/errors.js';
import type { RandomSource } from '../kernel/random.js';
import { keepPassword, keptPassword, readablePassword } from './demo-password.js';

/** Nobody has a second factor: each sets one up at the first sign-in. */
export const demoPeople: readonly {
  username: string;
  name: string;
  mail: string;
  groups: string[];
}[] = [
  {
    username: 'anna',
    name: 'Anna Lindqvist',
    mail: 'anna@example.org',
    groups: ['staff'],
  },
  {
    username: 'erik',
    name: 'Erik Sandberg',
    mail: 'erik@example.org',
    groups: ['staff'],
  },
  {
    username: 'mei',
    name: 'Mei Tanaka',
    mail: 'mei@example.org',
    groups: ['staff', 'finance', 'managers'],
  },
];

/**
 * Adds the demo people who are missing. The first time, and whenever the file of the password is gone, all of them
 * get a new common password; it is kept only after that, so that a start that was cut short is made up for.
 * @returns the password of all of them
 */
export async function seedDemoPeople(deps: {
  people: Pick<People, 'add'>;
  directory: Pick<Directory, 'findByAlias'>;
  passwords: Pick<PasswordChanges, 'setPassword'>;
  dataFolder: string;
  random: RandomSource;
}): Promise<string> {
  const { people, directory, passwords, dataFolder, random } = deps;
  const kept = await keptPassword(dataFolder);
  const password = kept ?? readablePassword(random);
  for (const fields of demoPeople) {
    const found = await directory.findByAlias(fields.username);
    const person = found ?? (await people.add(fields));
    if (found === null || kept === null) await setQuietly(person);
  }
  if (kept === null) await keepPassword(dataFolder, password, random);
  return password;

  /** Without the mail that tells somebody of a change they did not make. */
  async function setQuietly(person: Person) {
    const set = await passwords.setPassword({ ...person, mail: null }, password);
    if (!set.ok) {
      throw new DrawbridgeError('demo_password_refused', `${person.username}: ${set.failure}`);
    }
  }
}
