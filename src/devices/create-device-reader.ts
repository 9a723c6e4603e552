import type { PersonId } from '../directory/person.js';
import type { SqlDatabase } from '../storage/sql/sql-database.js';
import type { DeviceReader, DeviceWithProfiles } from './device-store.js';
import type { DeviceId, ProfileId } from './ids.js';
import { profileColumnsWithUse, profileOf } from './profile-rows.js';

export function createDeviceReader({ db }: Pick<SqlDatabase, 'db'>): DeviceReader {
  return {
    async devicesOf(person, options) {
      const all = options?.revokedToo === true;
      const [devices, profiles] = await Promise.all([
        db
          .selectFrom('devices')
          .selectAll()
          .where('person_id', '=', person)
          .$if(!all, (query) => query.where('revoked_at', 'is', null))
          .orderBy('created_at')
          .orderBy('id')
          .execute(),
        db
          .selectFrom('profiles')
          .select(profileColumnsWithUse)
          .where('person_id', '=', person)
          .where('activated_at', 'is not', null)
          .$if(!all, (query) => query.where('revoked_at', 'is', null))
          .orderBy('created_at')
          .orderBy('id')
          .execute(),
      ]);
      return devices.flatMap((row): DeviceWithProfiles[] => {
        const own = profiles.filter(({ device_id: device }) => device === row.id).map(profileOf);
        if (own.length === 0) return [];
        const seen = own.flatMap(({ lastSeenAt }) => lastSeenAt ?? []);
        return [
          {
            id: row.id as DeviceId,
            person: row.person_id as PersonId,
            name: row.name,
            createdAt: row.created_at,
            lastSeenAt: seen.length === 0 ? null : Math.max(...seen),
            revokedAt: row.revoked_at,
            profiles: own,
          },
        ];
      });
    },

    async profile(id: ProfileId) {
      const row = await db
        .selectFrom('profiles')
        .select(profileColumnsWithUse)
        .where('id', '=', id)
        .executeTakeFirst();
      return row === undefined ? null : profileOf(row);
    },

    async usableProfiles(person) {
      const rows = await db
        .selectFrom('profiles')
        .select(profileColumnsWithUse)
        .where('person_id', '=', person)
        .where('activated_at', 'is not', null)
        .where('locked_at', 'is', null)
        .where('revoked_at', 'is', null)
        .orderBy('created_at')
        .orderBy('id')
        .execute();
      return rows.map(profileOf);
    },
  };
}
