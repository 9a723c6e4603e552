import { createHash } from 'node:crypto';
import { Router, type Request } from 'express';
import type { PhoneActivation } from '../devices/activations.js';
import type { Clock } from '../kernel/clock.js';
import { jsonAnswer, sendAnswer } from './api-answers.js';
import { ApiRefusal, readBody } from './api-request.js';
import { toBase64url } from '../devices/wire/base64url.js';
import { beginBody, completeBody, evaluateBody, readAs } from './request-bodies.js';
import type { SignedEndpoint } from './signed-endpoint.js';
import { apiPaths, type ActivationAnswer, type BeginAnswer, type CompleteAnswer } from './wire.js';

export interface ActivationEndpointDeps {
  activation: PhoneActivation;
  signed: SignedEndpoint;
  clientAddress: (request: Request) => string;
  clock: Clock;
  organisation: string;
  codesAllowed: boolean;
  /** Base64url. */
  pushKey: string;
}

/** Section 7 of `docs/authenticator-protocol.md`. */
export function activationEndpoints(deps: ActivationEndpointDeps): Router {
  const { activation, clock, organisation } = deps;
  const { endpoint } = deps.signed;
  const router = Router({ caseSensitive: true, strict: true });

  router.post(apiPaths.begin, async (request, response) => {
    const body = await readBody(request);
    const { code, secondSecret, deviceKey, device } = readAs(beginBody, body);
    const outcome = await activation.begin(
      {
        code,
        secondSecret: secondSecret ?? null,
        deviceKey,
        installation: device.installation,
        deviceName: device.name,
        bodyHash: createHash('sha256').update(body).digest('base64url'),
      },
      { clientAddress: deps.clientAddress(request) },
    );
    if (!outcome.ok) {
      throw new ApiRefusal(
        outcome.error,
        {},
        'retryAfterMs' in outcome ? outcome.retryAfterMs : null,
      );
    }
    const { person, profile, expiresAt } = outcome;
    const answer: BeginAnswer = {
      activation: outcome.activation,
      profile: profile.id,
      person: { name: person.name, username: person.username },
      organisation,
      codes: deps.codesAllowed ? 'allowed' : 'refused',
      pushKey: deps.pushKey,
      expiresAt,
      time: clock.now(),
    };
    sendAnswer(response, jsonAnswer(answer, 201));
  });

  router.post(
    apiPaths.evaluateActivation,
    endpoint(['draft', 'active', 'locked'], async ({ profile, body }) => {
      const { blinded } = readAs(evaluateBody, body);
      if (profile.activatedAt !== null) throw new ApiRefusal('state');
      const outcome = await activation.evaluate(profile, blinded);
      if (!outcome.ok) throw new ApiRefusal(outcome.error);
      return jsonAnswer({ evaluated: toBase64url(outcome.evaluated) });
    }),
  );

  router.post(
    apiPaths.complete,
    endpoint(['draft', 'active', 'locked'], async ({ profile, body }) => {
      const { approvalKey, proof, codeSecret } = readAs(completeBody, body);
      const keys = { approvalKey, proof, codeSecret: codeSecret ?? null };
      const outcome = await activation.complete(profile, keys);
      if (!outcome.ok) throw new ApiRefusal(outcome.error);
      const answer: CompleteAnswer = { state: 'waiting', expiresAt: outcome.expiresAt };
      return jsonAnswer(answer);
    }),
  );

  router.get(
    apiPaths.activation,
    endpoint(['draft', 'active', 'locked'], async ({ profile }) => {
      const state = await activation.state(profile);
      const answer: ActivationAnswer = { state, time: clock.now() };
      return jsonAnswer(answer);
    }),
  );
  return router;
}
