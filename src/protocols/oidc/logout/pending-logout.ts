import { createHash } from 'node:crypto';
import type { Sealer } from '../../../keys/sealer.js';
import type { AfterLogout } from '../../../logout/after-logout.js';
import { DONE_PATH } from '../../../logout/sign-out.js';
import type { EphemeralStore } from '../../../storage/ephemeral/ephemeral-store.js';

/** A logout that waits for the person's word. `returnTo` has been checked against the client's registration. */
export interface PendingLogout {
  relyingParty: string | null;
  returnTo: string | null;
}

/** Where the browser goes when everybody has been told. */
export function afterLogout(pending: PendingLogout | null): AfterLogout {
  const { returnTo, relyingParty } = pending ?? { returnTo: null, relyingParty: null };
  if (returnTo === null) return { kind: 'page', path: DONE_PATH };
  return { kind: 'url', url: returnTo, relyingParty };
}

interface Deps {
  store: EphemeralStore;
  sealer: Sealer;
}

/** Sealed, so that whoever writes to the store cannot send people elsewhere. */
export async function savePendingLogout(
  { store, sealer }: Deps,
  handle: string,
  pending: PendingLogout,
): Promise<void> {
  const key = keyOf(handle);
  const value = sealer.seal(Buffer.from(JSON.stringify(pending)), key);
  await store.commit([{ kind: 'set', key, value, ttlMs: CONFIRM_WITHIN_MS, forAnybody: true }]);
}

export async function findPendingLogout(deps: Deps, handle: string): Promise<PendingLogout | null> {
  const [stored] = await deps.store.read([keyOf(handle)]);
  return open(deps, handle, stored ?? null);
}

/** Hands it out once. */
export async function takePendingLogout(deps: Deps, handle: string): Promise<PendingLogout | null> {
  return open(deps, handle, await deps.store.take(keyOf(handle)));
}

/** Of the form of a handle of ours, which fits into a path as it is. */
export function isLogoutHandle(text: string): boolean {
  return /^[A-Za-z0-9_-]{22}$/.test(text);
}

function open({ sealer }: Deps, handle: string, stored: string | null): PendingLogout | null {
  if (stored === null) return null;
  try {
    return JSON.parse(sealer.open(stored, keyOf(handle)).toString()) as PendingLogout;
  } catch {
    // What we did not seal ourselves does not count.
    return null;
  }
}

function keyOf(handle: string): string {
  return `oidc:logout:${createHash('sha256').update(handle).digest('base64url')}`;
}

const CONFIRM_WITHIN_MS = 10 * 60_000;
