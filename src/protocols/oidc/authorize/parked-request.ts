import { createHash } from 'node:crypto';
import { Router } from 'express';
import type { PublicUrl } from '../../../config/public-url.js';
import { randomToken, type RandomSource } from '../../../kernel/random.js';
import type { EphemeralStore } from '../../../storage/ephemeral/ephemeral-store.js';
import { FormRefused } from '../../../web/form-errors.js';
import { readForm } from '../../../web/forms.js';

/** Authorization requests may carry claims and request objects, so they are given more than other forms. */
const LIMIT = 64 * 1024;
const PARKED_FOR_MS = 5 * 60_000;

/**
 * A request posted from another site comes without our cookies (they are Lax), a GET that follows it brings them. So
 * a posted request touches no cookie: it is parked under a one-time handle and continued by a 303.
 * @param resume hands the request on as if it had come by GET, with this query
 */
export function createParkedRequests(deps: {
  store: EphemeralStore;
  random: RandomSource;
  publicUrl: PublicUrl;
  paths: readonly string[];
}): Router {
  const router = Router();
  for (const path of deps.paths) {
    router.post(path, async (request, response) => {
      const fields = await readForm(request, { limit: LIMIT });
      const handle = randomToken(deps.random, 128);
      await deps.store.commit([
        {
          kind: 'set',
          key: keyOf(path, handle),
          value: new URLSearchParams(fields).toString(),
          ttlMs: PARKED_FOR_MS,
          forAnybody: true,
        },
      ]);
      response.redirect(303, deps.publicUrl.path(`${path}?parked=${handle}`));
    });
    router.get(path, async (request, _response, next) => {
      const handle = new URL(request.url, deps.publicUrl.origin).searchParams.get('parked');
      if (handle !== null) {
        const query = await deps.store.take(keyOf(path, handle));
        request.url = `${path}?${query ?? ''}`;
      }
      assertNamedOnce(new URL(request.url, deps.publicUrl.origin).searchParams);
      next();
    });
  }
  return router;
}

/**
 * Who asks and where the answer goes must not be readable in two ways; until that is clear nothing is sent anywhere.
 * @throws FormRefused 400
 */
function assertNamedOnce(query: URLSearchParams): void {
  for (const name of ['client_id', 'redirect_uri', 'post_logout_redirect_uri']) {
    if (query.getAll(name).length > 1) {
      throw new FormRefused('request_invalid', 400, `the request has the parameter ${name} twice`);
    }
  }
}

const keyOf = (path: string, handle: string) =>
  `parked:${path}:${createHash('sha256').update(handle).digest('base64url')}`;
