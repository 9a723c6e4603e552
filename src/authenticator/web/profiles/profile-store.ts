import type { Database } from './database.js';
import type { StoredProfile } from './stored-profile.js';

export interface ProfileStore {
  /** In the order they were added. */
  all(): Promise<StoredProfile[]>;
  get(id: string): Promise<StoredProfile | null>;
  add(profile: StoredProfile): Promise<void>;
  /** Read, changed and written in one transaction; `null` when it is gone. */
  change(
    id: string,
    changed: (profile: StoredProfile) => Partial<StoredProfile>,
  ): Promise<StoredProfile | null>;
  /** `false` when another window was first. */
  remove(id: string): Promise<boolean>;
}

/** @param onChange told after each change that other windows should see; not of `seq` and clocks */
export function createProfileStore(database: Database, onChange: () => void): ProfileStore {
  const find = (id: string) =>
    database.read(
      'profiles',
      (objects) => objects.get(id) as IDBRequest<StoredProfile | undefined>,
    );
  return {
    async all() {
      const profiles = await database.read(
        'profiles',
        (objects) => objects.getAll() as IDBRequest<StoredProfile[]>,
      );
      return profiles.sort((a, b) => a.createdAt - b.createdAt);
    },
    get: async (id) => (await find(id)) ?? null,
    async add(profile) {
      await database.write<null>('profiles', (objects, done) => {
        objects.add(profile);
        done(null);
      });
      onChange();
    },
    async change(id, changed) {
      let isShown = false;
      const after = await database.write<StoredProfile | null>('profiles', (objects, done) => {
        const reading = objects.get(id) as IDBRequest<StoredProfile | undefined>;
        reading.onsuccess = () => {
          const profile = reading.result;
          if (profile === undefined) return done(null);
          const changes = changed(profile);
          isShown = Object.keys(changes).some((name) => !bookkeeping.has(name));
          const next = { ...profile, ...changes };
          objects.put(next);
          done(next);
        };
      });
      if (isShown) onChange();
      return after;
    },
    async remove(id) {
      const removed = await database.write<boolean>('profiles', (objects, done) => {
        const counting = objects.count(id);
        counting.onsuccess = () => {
          objects.delete(id);
          done(counting.result > 0);
        };
      });
      onChange();
      return removed;
    },
  };
}

const bookkeeping: ReadonlySet<string> = new Set(['seq', 'lastIat', 'offset']);
