import { expect } from '@jest/globals';
import type { Visit } from '../../support/browser.js';
import type { Scene } from './scene.js';

const tables = [
  'oidc_grants',
  'oidc_refresh_tokens',
  'otp_credentials',
  'recovery_codes',
  'one_time_links',
  'person_aliases',
] as const;

/** What is kept durably, by number, and which kinds of short-lived things exist beyond parked and open requests. */
export async function ledger(scene: Scene): Promise<Record<string, number>> {
  const { db } = scene.server.drawbridge.base.database;
  const counts: Record<string, number> = {};
  for (const table of tables) {
    const row = await db
      .selectFrom(table)
      .select((select) => select.fn.countAll().as('rows'))
      .executeTakeFirstOrThrow();
    counts[table] = Number(row.rows);
  }
  for (const key of new Set(scene.written)) {
    const kind = /^(session|oidc:code|oidc:access-token):/.exec(key)?.[1];
    if (kind !== undefined) counts[kind] = (counts[kind] ?? 0) + 1;
  }
  return counts;
}

/** Runs an attack and holds it to the group rule: nothing stored, nothing leaked, no failure of the server. */
export async function changingNothing<Value>(
  scene: Scene,
  attack: () => Promise<Value>,
): Promise<Value> {
  const before = await ledger(scene);
  const lines = scene.server.log.length;
  const value = await attack();
  expect(await ledger(scene)).toEqual(before);
  for (const line of scene.server.log.slice(lines)) {
    expect(line).not.toMatch(/"level":"error"|node_modules/);
  }
  return value;
}

/** A page that tells of a refusal: our own, without traces of code and without leading anywhere. */
export function expectRefusalPage(visit: Visit, status = 400): void {
  expect(visit.status).toBe(status);
  expect(visit.location).toBeNull();
  expect(visit.headers.get('content-type')).toMatch(/^text\/html/);
  expect(visit.headers.get('cache-control')).toBe('no-store');
  expect(visit.headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
  expect(visit.body).toMatch(/DB-\d{3}/);
  expectNoTraces(visit.body);
}

export function expectNoTraces(body: string): void {
  expect(body).not.toMatch(
    /node_modules|\bat [\w.<>]+ \(|\.ts:\d+|file:\/\/|SqliteError|stack trace/i,
  );
}

/** An error sent back to the relying party's verified address, in the default mode, with its state. */
export function expectErrorAtClient(
  visit: Visit,
  errors: string | readonly string[],
  request: { url: string },
  redirectUri = 'http://127.0.0.1:7100/callback',
): void {
  expect(visit.status).toBe(303);
  const answer = new URL(visit.location ?? 'missing:');
  expect(answer.origin + answer.pathname).toBe(redirectUri);
  expect([errors].flat()).toContain(answer.searchParams.get('error'));
  expect(answer.searchParams.get('code')).toBeNull();
  const asked = new URL(request.url).searchParams;
  expect(answer.searchParams.get('state')).toBe(asked.get('state'));
  expect(answer.searchParams.get('iss')).toBe(new URL(request.url).origin);
}
