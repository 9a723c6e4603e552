import { createHash } from 'node:crypto';
import type { Directory } from '../directory/directory.js';
import type { Person, PersonId } from '../directory/person.js';
import type { Clock } from '../kernel/clock.js';
import { newPrefixedId } from '../kernel/prefixed-id.js';
import type { RandomSource } from '../kernel/random.js';
import type { Sealer } from '../keys/sealer.js';
import { sealingContext } from '../keys/sealing-context.js';
import type { EphemeralStore } from '../storage/ephemeral/ephemeral-store.js';
import type { Queryable, SqlDatabase } from '../storage/sql/sql-database.js';
import { activationCodeHash, type ActivationRow } from './activation-rows.js';
import type { BeginActivation, BeginOutcome, PhoneActivation } from './activations.js';
import { issuedInForce } from './create-activation-desk.js';
import { deriveOprfKey } from './crypto/oprf.js';
import { readPublicKey } from './crypto/public-key.js';
import type { ActivationId } from './ids.js';
import { deviceLimits } from './limits.js';
import type { Profile } from './profile.js';
import { profileColumns, profileOf } from './profile-rows.js';
import { secondSecretContext } from './second-secret.js';
import { toBase64url } from './wire/base64url.js';

export interface BeginActivationDeps {
  database: SqlDatabase;
  store: EphemeralStore;
  sealer: Sealer;
  clock: Clock;
  random: RandomSource;
  directory: Pick<Directory, 'find'>;
}

const notFound = { ok: false, error: 'not_found' } as const;

/** Uses an activation code up, for one device key: of any number of parallel phones exactly one gets it. */
export function createBeginActivation(deps: BeginActivationDeps): PhoneActivation['begin'] {
  const { database, store, clock, directory } = deps;

  return async (request, { clientAddress }) => {
    if (readPublicKey(request.deviceKey) === null) return { ok: false, error: 'key_invalid' };
    const outcome = await beginWith(request);
    if (outcome.ok) return outcome;
    // Only what was refused counts, and asking whether a second secret is needed does not: many people of one organisation may
    // activate their phones behind one address.
    if (outcome.error === 'second_secret' && request.secondSecret === null) return outcome;
    const { calls, windowMs } = deviceLimits.refusedBeginsPerAddress;
    const refused = await store.increment(`limit:phone-activation:${clientAddress}`, windowMs);
    return refused > calls ? { ok: false, error: 'too_many', retryAfterMs: windowMs } : outcome;
  };

  async function beginWith(request: BeginActivation): Promise<BeginOutcome> {
    const row = await byCode(database.db, request.code);
    if (row === undefined) return notFound;
    const person = await directory.find(row.person_id as PersonId);
    if (person === null || person.disabled || person.epoch !== row.epoch) return notFound;
    if (row.used_at !== null) return begunBefore(deps, row, request, person);
    if (row.refused_at !== null || row.expires_at <= clock.now()) return notFound;

    const secret = await secondSecretIsRight(deps, row, request.secondSecret);
    if (secret !== 'right') return { ok: false, error: secret };
    const profile = await claim(deps, row, request);
    if (profile !== null) {
      const { activation } = profile.draft;
      const { draft, expiresAt } = profile;
      return { ok: true, activation, profile: draft, person, expiresAt };
    }
    const now = await byCode(database.db, request.code);
    return now?.used_at ? begunBefore(deps, now, request, person) : notFound;
  }
}

const byCode = (db: Queryable, code: string): Promise<ActivationRow | undefined> =>
  db
    .selectFrom('activations')
    .selectAll()
    .where('code_hash', '=', activationCodeHash(code))
    .executeTakeFirst();

/** The identical call again, while the activation is under way, is a call whose answer got lost. */
async function begunBefore(
  { database, clock }: BeginActivationDeps,
  row: ActivationRow,
  { bodyHash }: BeginActivation,
  person: Person,
): Promise<BeginOutcome> {
  const over = row.refused_at ?? row.confirmed_at;
  const underWay = over === null && row.expires_at > clock.now();
  if (!underWay || row.request_hash !== bodyHash || row.profile_id === null) return notFound;
  const profile = await database.db
    .selectFrom('profiles')
    .select(profileColumns)
    .where('id', '=', row.profile_id)
    .where('revoked_at', 'is', null)
    .executeTakeFirst();
  if (profile === undefined) return notFound;
  const activation = row.id as ActivationId;
  const { expires_at: expiresAt } = row;
  return { ok: true, activation, profile: profileOf(profile), person, expiresAt };
}

/** Counts the try before it compares, so that parallel tries do not get round the limit. */
async function secondSecretIsRight(
  { database, sealer }: BeginActivationDeps,
  row: ActivationRow,
  given: string | null,
): Promise<'right' | 'second_secret' | 'not_found'> {
  if (row.second_secret_hash === null) return 'right';
  if (given === null) return 'second_secret';
  const counted = await database.db
    .updateTable('activations')
    .set((set) => ({ second_secret_failures: set('second_secret_failures', '+', 1) }))
    .where('id', '=', row.id)
    .where('used_at', 'is', null)
    .where('second_secret_failures', '<', deviceLimits.secondSecretTries)
    .returning('id')
    .executeTakeFirst();
  if (counted === undefined) return 'not_found';
  const right = sealer.mac(given, secondSecretContext(row.id)) === row.second_secret_hash;
  return right ? 'right' : 'second_secret';
}

function claim(
  deps: BeginActivationDeps,
  row: ActivationRow,
  request: BeginActivation,
): Promise<{ draft: Profile; expiresAt: number } | null> {
  const { database, clock, random, sealer } = deps;
  const id = newPrefixedId('prf', random);
  return database.transaction(async (tx) => {
    const now = clock.now();
    const expiresAt = now + deviceLimits.draftMs;
    const person = row.person_id as PersonId;
    if (await hasTooMany(tx, person)) return null;
    const claimed = await tx
      .updateTable('activations')
      .set({
        used_at: now,
        request_hash: request.bodyHash,
        profile_id: id,
        expires_at: expiresAt,
      })
      .where('id', '=', row.id)
      .where('used_at', 'is', null)
      .where('refused_at', 'is', null)
      .where('expires_at', '>', now)
      .where(issuedInForce)
      .returning('id')
      .executeTakeFirst();
    if (claimed === undefined) return null;
    const device = await ownDevice(deps, tx, person, request, now);
    const oprfKey = Buffer.from(deriveOprfKey(random.bytes(32)));
    const draft = await tx
      .insertInto('profiles')
      .values({
        ...blank,
        id,
        person_id: person,
        device_id: device,
        activation_id: row.id,
        name: request.deviceName,
        device_key: toBase64url(request.deviceKey),
        oprf_key_sealed: sealer.seal(oprfKey, sealingContext.oprfKey(id)),
        created_at: now,
      })
      .returning(profileColumns)
      .executeTakeFirstOrThrow();
    return { draft: profileOf(draft), expiresAt };
  });
}

const blank = {
  approval_key: null,
  code_credential: null,
  code_secret_sealed: null,
  seq: 0,
  last_request_iat: null,
  last_request_hash: null,
  failures: 0,
  failed_at: null,
  locked_at: null,
  push_sealed: null,
  push_endpoint_hash: null,
  activated_at: null,
  last_seen_at: null,
  last_used_at: null,
  revoked_at: null,
  revoked_because: null,
};

async function hasTooMany(tx: Queryable, person: PersonId): Promise<boolean> {
  const { count } = await tx
    .selectFrom('profiles')
    .select((select) => select.fn.countAll<number>().as('count'))
    .where('person_id', '=', person)
    .where('revoked_at', 'is', null)
    .where('activated_at', 'is not', null)
    .executeTakeFirstOrThrow();
  return Number(count) >= deviceLimits.profilesOfPerson;
}

/** The same phone of the same person is one device; across people nothing tells that it is the same. */
async function ownDevice(
  { random }: BeginActivationDeps,
  tx: Queryable,
  person: PersonId,
  { installation, deviceName: name }: BeginActivation,
  now: number,
): Promise<string> {
  const hash = createHash('sha256').update(installation).update(person).digest('base64url');
  const known = await tx
    .updateTable('devices')
    .set({ name })
    .where('person_id', '=', person)
    .where('installation_hash', '=', hash)
    .where('revoked_at', 'is', null)
    .returning('id')
    .executeTakeFirst();
  if (known !== undefined) return known.id;
  const id = newPrefixedId('dev', random);
  const row = { id, person_id: person, installation_hash: hash, name, created_at: now };
  await tx
    .insertInto('devices')
    .values({ ...row, last_seen_at: null, revoked_at: null })
    .execute();
  return id;
}
