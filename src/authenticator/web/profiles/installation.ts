import { toBase64url } from '../../../devices/wire/base64url.js';
import type { Database } from './database.js';

/** What the app is called on this device: 16 random bytes, the same for all profiles, and the name that was chosen last. */
export interface Installation {
  id: string;
  deviceName: string | null;
}

export async function readInstallation(database: Database): Promise<Installation> {
  const [known, name] = await Promise.all([read(database, 'id'), read(database, 'device-name')]);
  if (known !== undefined) return { id: known, deviceName: name ?? null };
  const fresh = toBase64url(crypto.getRandomValues(new Uint8Array(16)));
  return { id: await addOnce(database, fresh), deviceName: null };
}

export const rememberDeviceName = (database: Database, name: string): Promise<void> =>
  database.write('installation', (objects, done) => {
    objects.put(name, 'device-name');
    done();
  });

const read = (database: Database, key: string) =>
  database.read('installation', (objects) => objects.get(key) as IDBRequest<string | undefined>);

/** Two windows that start at once agree on one. */
const addOnce = (database: Database, fresh: string): Promise<string> =>
  database.write<string>('installation', (objects, done) => {
    const reading = objects.get('id') as IDBRequest<string | undefined>;
    reading.onsuccess = () => {
      if (reading.result !== undefined) return done(reading.result);
      objects.put(fresh, 'id');
      done(fresh);
    };
  });
