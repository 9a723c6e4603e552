import { expect } from '@jest/globals';
import type { Visit } from '../../support/browser.js';
import { failureOnPage } from '../../support/failure-on-page.js';
import { changingNothing, expectRefusalPage } from './ledger.js';
import { answerXml } from './saml-scene.js';
import type { Scene } from './scene.js';

/** A page of ours with that code and the reference of a row, and nothing else: nobody is sent anywhere. */
export async function expectRefusedInPlace(
  scene: Scene,
  attack: () => Promise<Visit>,
  code: string,
): Promise<void> {
  const { db } = scene.server.drawbridge.base.database;
  const countOf = async (table: 'consumed' | 'saml_name_ids') => {
    const count = db.selectFrom(table).select((select) => select.fn.countAll().as('rows'));
    return Number((await count.executeTakeFirstOrThrow()).rows);
  };
  // Forgeries must not be able to fill a table, nor to use up what is somebody else's.
  const kept = async () => [await countOf('consumed'), await countOf('saml_name_ids')];
  const before = await kept();
  const visit = await changingNothing(scene, attack);
  expect(await kept()).toEqual(before);
  expectRefusalPage(visit);
  expect(visit.body).not.toMatch(/<form[^>]*action="(?!\/)/);
  expect(answerXml(visit)).toBeNull();
  expect(visit.headers.getSetCookie()).toEqual([]);
  const told = failureOnPage(visit);
  expect(told?.code).toBe(code);
  // Where many of a sort come, one row counts them.
  const row = await db
    .selectFrom('audit_events')
    .select('kind')
    .where('reference', '=', (told?.reference ?? '') as never)
    .executeTakeFirst();
  expect(row?.kind).toMatch(/^(request\.refused|audit\.aggregated)$/);
}
