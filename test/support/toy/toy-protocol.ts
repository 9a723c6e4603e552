import { Router } from 'express';
import type { SignInRequest } from '../../../src/login/sign-in-request.js';
import { readSignInId } from '../../../src/login/sign-ins.js';
import { newPrefixedId } from '../../../src/kernel/prefixed-id.js';
import type { RelyingParty } from '../../../src/relying-parties/relying-party.js';
import type { ProtocolFactory } from '../../../src/server/drawbridge.js';
import { strengthOf } from '../../../src/sessions/strength.js';

export const toyParty: RelyingParty = {
  id: 'toy-box',
  name: 'Toy box',
  protocol: 'toy',
  homeUrl: null,
  enabled: true,
  thirdParty: false,
  policy: { factors: 2, maxAge: null, allowedFactors: null, groups: null },
  settings: null,
};

/** A protocol that lives outside the product: `/toy` starts, `/toy/arrive/:id` answers with what was proved. */
export const toyProtocol: ProtocolFactory = ({
  signIns,
  circumstances,
  currentSession,
  base,
  browserSecrets,
}) => {
  const router = Router();
  router.get('/toy', async (request, response) => {
    const id = newPrefixedId('sgn', base.random);
    const asked: SignInRequest = {
      relyingParty: toyParty.id,
      protocol: 'toy',
      entry: 'toy.start',
      asked: { factors: 1, maxAge: null, acrs: [] },
      force: request.query['force'] === 'yes',
      loginHint: null,
      subject: null,
      priorEvidence: [],
      allowedFactors: null,
      session: request.query['session'] === 'isolated' ? 'isolated' : 'join',
      deadline: null,
      interaction: 'browser',
      uiLocales: null,
      continueAt: `/toy/arrive/${id}`,
      protocolState: { remembered: 'by the toy' },
    };
    const path = await signIns.begin(asked, {
      id,
      browserSecret: browserSecrets.readOrCreate(request, response),
      session: (await currentSession(request))?.session ?? null,
      circumstances: circumstances(request),
    });
    response.redirect(303, path);
  });
  router.get('/toy/arrive/:id', async (request, response) => {
    const id = readSignInId(request.params.id);
    const ended = id && (await signIns.collect(id, browserSecrets.read(request)));
    if (!ended) {
      response.status(400).json({ error: 'nothing to collect' });
      return;
    }
    const { result, request: asked } = ended;
    response.json(
      result.outcome === 'completed'
        ? {
            who: result.person.username,
            amr: strengthOf(result.events).amr,
            session: result.session,
            remembered: asked.protocolState['remembered'],
          }
        : { error: result.reason },
    );
  });
  return { name: 'toy', router };
};
