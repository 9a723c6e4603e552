import { sealingContext } from '../../../src/keys/sealing-context.js';
import type { Drawbridge } from '../../../src/server/drawbridge.js';
import { addPerson } from '../../support/people.js';
import { deviceIdOf, profileIdOf, publicPointOf, usernameOf, type PhoneKeys } from '../phone.js';

const AT_ONCE = 500;

/** So many people with the same password and a phone each, put straight into the database: activating them all would take minutes. */
export async function addPeopleWithPhones(
  drawbridge: Drawbridge,
  count: number,
  keys: PhoneKeys,
): Promise<void> {
  const { db } = drawbridge.base.database;
  const { person } = await addPerson(drawbridge, 'pattern', { otp: false });
  const pattern = await db
    .selectFrom('people')
    .selectAll()
    .where('id', '=', person.id)
    .executeTakeFirstOrThrow();
  const [deviceKey, approvalKey] = [keys.device, keys.approval].map((pem) =>
    publicPointOf(pem).toString('base64url'),
  );
  for (let first = 0; first < count; first += AT_ONCE) {
    const indexes = Array.from({ length: Math.min(AT_ONCE, count - first) }, (_, at) => first + at);
    await db
      .insertInto('people')
      .values(
        indexes.map((index) => ({
          ...pattern,
          id: personIdOf(index),
          username: usernameOf(index),
          mail: null,
        })),
      )
      .execute();
    await db
      .insertInto('person_aliases')
      .values(indexes.map((index) => ({ alias: usernameOf(index), person_id: personIdOf(index) })))
      .execute();
    await db
      .insertInto('devices')
      .values(
        indexes.map((index) => ({
          id: deviceIdOf(index),
          person_id: personIdOf(index),
          installation_hash: String(index),
          name: 'Phone',
          created_at: pattern.created_at,
          last_seen_at: null,
          revoked_at: null,
        })),
      )
      .execute();
    await db
      .insertInto('profiles')
      .values(
        indexes.map((index) => {
          const id = profileIdOf(index);
          const { sealer } = drawbridge.base;
          return {
            id,
            person_id: personIdOf(index),
            device_id: deviceIdOf(index),
            activation_id: id.replace('prf', 'act'),
            name: 'Phone',
            device_key: deviceKey ?? '',
            approval_key: approvalKey ?? '',
            oprf_key_sealed: sealer.seal(Buffer.alloc(32, 1), sealingContext.oprfKey(id)),
            seq: 0,
            failures: 0,
            created_at: pattern.created_at,
            activated_at: pattern.created_at,
          };
        }),
      )
      .execute();
  }
}

export const personIdOf = (index: number): string => deviceIdOf(index).replace('dev', 'per');
