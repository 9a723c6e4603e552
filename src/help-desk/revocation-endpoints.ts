import { Router } from 'express';
import type { Revocation, RevokedBy, StatedReason } from '../devices/device-store.js';
import type { SqlDatabase } from '../storage/sql/sql-database.js';
import { assistantOf, type Caller } from './caller.js';
import { onlyMethods, type Endpoint, type EndpointDeps } from './endpoint.js';
import { findProfileToChange, isProtected, type FindDeps } from './find-person.js';
import { HELP_DESK_PATH } from './help-desk-resource.js';
import type { RevocationWatch } from './revocation-watch.js';
import { peopleAndReason, readAs, reasonOnly } from './request-bodies.js';

export interface RevocationEndpointDeps extends FindDeps {
  database: SqlDatabase;
  revocation: Revocation;
}

/** Bytes: five hundred mail addresses, and room. */
const LIST_BODY = 64 * 1024;

/** Taking phones out of use, one or those of many people. Saying it again changes nothing and is no mistake. */
export function revocationEndpoints(
  deps: RevocationEndpointDeps & EndpointDeps,
  endpoint: Endpoint,
  watch: RevocationWatch,
): Router {
  const { database, revocation } = deps;
  const router = Router({ caseSensitive: true, strict: true });
  const one = `${HELP_DESK_PATH}/devices/:device/revoke`;
  const many = `${HELP_DESK_PATH}/revocations`;

  router.post(
    one,
    endpoint(['help-desk.revoke'], async ({ caller, param, body, spend }) => {
      const { reason } = readAs(reasonOnly, body);
      const { profile, person } = await findProfileToChange(deps, param('device'));
      await spend('revocations');
      const by = revokedBy(caller, reason);
      const revoked = await database.transaction((tx) =>
        revocation.revokeProfile(tx, profile.id, by),
      );
      if (revoked !== null) await watch.revoked(caller);
      const { id } = profile;
      return { status: 200, body: { id, person: person.username, revoked_now: revoked !== null } };
    }),
  );

  const revokeAllOf = async (named: string, by: RevokedBy): Promise<RevocationResult> => {
    const person = await deps.reader.findByAlias(named);
    if (person === null) return { person: named, result: 'unknown', devices: 0 };
    if (isProtected(person, deps)) return { person: named, result: 'protected', devices: 0 };
    const devices = await database.transaction((tx) => revocation.revokeAll(tx, person.id, by));
    return { person: named, result: devices === 0 ? 'nothing_to_revoke' : 'revoked', devices };
  };

  router.post(
    many,
    endpoint(
      ['help-desk.revoke'],
      async ({ caller, body, spend }) => {
        const { people, reason } = readAs(peopleAndReason, body);
        const named = [...new Set(people)];
        await spend('revocations', named.length);
        const by = revokedBy(caller, reason);
        const results: RevocationResult[] = [];
        // One after the other, a transaction each: whatever stops it half way, the same call again does the rest.
        for (const person of named) {
          const result = await revokeAllOf(person, by);
          if (result.devices > 0) await watch.revoked(caller);
          results.push(result);
        }
        return { status: 200, body: { results } };
      },
      { bodyLimit: LIST_BODY },
    ),
  );
  router.all([one, many], onlyMethods(deps, 'POST'));
  return router;
}

interface RevocationResult {
  /** As it was named. */
  person: string;
  result: 'revoked' | 'nothing_to_revoke' | 'unknown' | 'protected';
  /** Phones, those that were being set up included. */
  devices: number;
}

const revokedBy = (caller: Caller, stated: StatedReason | undefined): RevokedBy => ({
  because: 'help-desk',
  ...assistantOf(caller),
  ...(stated === undefined ? {} : { stated }),
});
