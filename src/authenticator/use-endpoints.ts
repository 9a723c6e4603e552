import { Router } from 'express';
import type { CodeCredentials } from '../devices/code-credentials.js';
import type { ProfileWriter, Revocation } from '../devices/device-store.js';
import type { ForgetCodes } from '../devices/forget-codes.js';
import { toBase64url } from '../devices/wire/base64url.js';
import type { PhoneChallenges } from '../factors/push/challenges.js';
import { isPushEndpoint } from '../factors/push/push-hosts.js';
import type { Clock } from '../kernel/clock.js';
import type { SqlDatabase } from '../storage/sql/sql-database.js';
import { emptyAnswer, jsonAnswer } from './api-answers.js';
import { ApiRefusal } from './api-request.js';
import { codesOf, inboxOf } from './inbox.js';
import type { InboxStreams } from './inbox-stream.js';
import {
  answerBody,
  evaluateBody,
  profileBody,
  readAs,
  subscriptionBody,
} from './request-bodies.js';
import type { SignedEndpoint } from './signed-endpoint.js';
import { apiPaths } from './wire.js';

export interface UseEndpointDeps {
  signed: SignedEndpoint;
  streams: InboxStreams;
  challenges: PhoneChallenges;
  codes: Pick<CodeCredentials, 'state'>;
  forgetCodes: ForgetCodes;
  profiles: ProfileWriter;
  revocation: Pick<Revocation, 'revokeProfile'>;
  database: Pick<SqlDatabase, 'transaction'>;
  clock: Clock;
  pushServices: readonly string[];
}

const inUse = ['active', 'locked'] as const;

/** Section 8 of `docs/authenticator-protocol.md`. */
export function useEndpoints(deps: UseEndpointDeps): Router {
  const { challenges, clock, database, profiles, revocation } = deps;
  const { endpoint } = deps.signed;
  const router = Router({ caseSensitive: true, strict: true });

  router.get(
    apiPaths.inbox,
    endpoint(inUse, async ({ profile }) => jsonAnswer(await inboxOf(deps, profile))),
  );
  router.get(apiPaths.stream, (request, response) => deps.streams.open(request, response));

  router.post(
    apiPaths.evaluate(':id'),
    endpoint(inUse, async ({ profile, id, body }) => {
      const { blinded } = readAs(evaluateBody, body);
      const outcome = await challenges.evaluate(profile, id, blinded);
      if (!outcome.ok) throw new ApiRefusal(outcome.error);
      const { strikesLeft } = outcome;
      return jsonAnswer({ evaluated: toBase64url(outcome.evaluated), strikesLeft });
    }),
  );
  router.post(
    apiPaths.answer(':id'),
    endpoint(inUse, async ({ profile, id, body, seq, clientAddress }) => {
      const { device, approval } = readAs(answerBody, body);
      const answer = { device, approval: approval ?? null, seq };
      const outcome = await challenges.answer(profile, id, answer, { clientAddress });
      if (outcome.ok) return jsonAnswer({ state: outcome.state });
      throw new ApiRefusal(outcome.error, 'live' in outcome ? { live: outcome.live } : {});
    }),
  );

  router.put(
    apiPaths.subscription,
    endpoint(inUse, async ({ profile, body }) => {
      const { endpoint: to, keys } = readAs(subscriptionBody, body);
      if (!isPushEndpoint(to, deps.pushServices)) throw new ApiRefusal('endpoint_refused');
      const { p256dh, auth } = keys;
      const subscription = { endpoint: to, p256dh: toBase64url(p256dh), auth: toBase64url(auth) };
      await profiles.setSubscription(profile.id, subscription);
      return emptyAnswer;
    }),
  );
  router.delete(
    apiPaths.subscription,
    endpoint(inUse, async ({ profile }) => {
      await profiles.setSubscription(profile.id, null);
      return emptyAnswer;
    }),
  );

  router.patch(
    apiPaths.profile,
    endpoint(inUse, async ({ profile, body }) => {
      await profiles.rename(profile.id, readAs(profileBody, body).name);
      return emptyAnswer;
    }),
  );
  router.delete(
    apiPaths.profile,
    endpoint([...inUse, 'draft'], async ({ profile, clientAddress }) => {
      const by = { because: 'own-device', clientAddress } as const;
      await database.transaction((tx) => revocation.revokeProfile(tx, profile.id, by));
      return emptyAnswer;
    }),
  );

  router.get(
    apiPaths.codes,
    endpoint(inUse, async ({ profile }) =>
      jsonAnswer({ ...(await codesOf(deps.codes, profile)), time: clock.now() }),
    ),
  );
  router.delete(
    apiPaths.codes,
    endpoint(inUse, async ({ profile, clientAddress }) => {
      await deps.forgetCodes(profile, clientAddress);
      return emptyAnswer;
    }),
  );
  return router;
}
