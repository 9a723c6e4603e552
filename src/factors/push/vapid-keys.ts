import webPush from 'web-push';
import type { Clock } from '../../kernel/clock.js';
import type { Sealer } from '../../keys/sealer.js';
import { sealingContext } from '../../keys/sealing-context.js';
import type { SqlDatabase } from '../../storage/sql/sql-database.js';

/** RFC 8292. Base64url: an uncompressed point and a scalar. */
export interface VapidKeys {
  publicKey: string;
  privateKey: string;
}

const name = 'vapid';

/** The key pair by which push services know us, made once for all nodes. Another one would void every subscription. */
export async function ensureVapidKeys(deps: {
  database: Pick<SqlDatabase, 'db'>;
  sealer: Sealer;
  clock: Clock;
}): Promise<VapidKeys> {
  const { sealer, clock } = deps;
  const { db } = deps.database;
  const find = () =>
    db.selectFrom('secrets').select('sealed').where('name', '=', name).executeTakeFirst();
  let row = await find();
  if (row === undefined) {
    const made = Buffer.from(JSON.stringify(webPush.generateVAPIDKeys()));
    await db
      .insertInto('secrets')
      .values({
        name,
        sealed: sealer.seal(made, sealingContext.secret(name)),
        created_at: clock.now(),
      })
      .onConflict((conflict) => conflict.column('name').doNothing())
      .execute();
    row = await find();
  }
  const text = sealer.open(row?.sealed ?? '', sealingContext.secret(name)).toString();
  return JSON.parse(text) as VapidKeys;
}
