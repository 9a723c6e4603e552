import { Router } from 'express';
import type { AssistedActivation, AssistedOutcome } from '../devices/assisted-activation.js';
import { activationLink, groupedActivationCode } from '../devices/wire/activation-code.js';
import type { Person } from '../directory/person.js';
import { assistantOf } from './caller.js';
import { onlyMethods, type Endpoint, type EndpointDeps } from './endpoint.js';
import { findPersonToChange, findProfileToChange, type FindDeps } from './find-person.js';
import { HELP_DESK_PATH } from './help-desk-resource.js';
import { deviceAnswer, timeOf } from './person-answer.js';
import { HelpDeskProblem } from './problem.js';
import type { RevocationWatch } from './revocation-watch.js';
import { fingerprintOnly, nothing, readAs, reasonOnly } from './request-bodies.js';

export interface ActivationEndpointDeps extends FindDeps {
  assisted: AssistedActivation;
  /** Where the phone app is. */
  appUrl: string;
}

/** The second secret goes by mail alone: whoever holds the program's secret must not be able to add a phone by it. */
const byMailOnly = { byMailOnly: true } as const;

/** Codes for phones, and putting phones in force. */
export function activationEndpoints(
  deps: ActivationEndpointDeps & EndpointDeps,
  endpoint: Endpoint,
  watch: RevocationWatch,
): Router {
  const { assisted } = deps;
  const router = Router({ caseSensitive: true, strict: true });
  const activations = `${HELP_DESK_PATH}/people/:person/activations`;
  const confirm = `${activations}/confirm`;
  const reactivate = `${HELP_DESK_PATH}/devices/:device/reactivate`;

  const issued = (outcome: AssistedOutcome, person: Person) => {
    if (!outcome.ok) throw new HelpDeskProblem(outcome.reason, { person: person.id });
    const { code, expiresAt } = outcome.issued;
    const body = {
      person: person.username,
      code: groupedActivationCode(code),
      link: activationLink(deps.appUrl, code),
      expires_at: timeOf(expiresAt),
    };
    return { status: 201, body };
  };

  router.post(
    activations,
    endpoint(['help-desk.activate'], async ({ caller, param, body, spend }) => {
      readAs(nothing, body);
      const person = await findPersonToChange(deps, param('person'));
      await spend('activations');
      return issued(await assisted.issue(person, assistantOf(caller), byMailOnly), person);
    }),
  );

  router.post(
    reactivate,
    endpoint(['help-desk.revoke', 'help-desk.activate'], async ({ caller, param, body, spend }) => {
      const { reason } = readAs(reasonOnly, body);
      const { profile, person } = await findProfileToChange(deps, param('device'));
      await spend('activations');
      await spend('revocations');
      const by = { ...assistantOf(caller), ...(reason === undefined ? {} : { stated: reason }) };
      const outcome = await assisted.reactivate(profile, person, by, byMailOnly);
      if (outcome.ok && profile.revokedAt === null) await watch.revoked(caller);
      return issued(outcome, person);
    }),
  );

  router.post(
    confirm,
    endpoint(['help-desk.activate'], async ({ caller, param, body, spend }) => {
      const { fingerprint } = readAs(fingerprintOnly, body);
      const person = await findPersonToChange(deps, param('person'));
      await spend('activations');
      const outcome = await assisted.confirm(person.id, fingerprint, assistantOf(caller));
      if (outcome.state === 'active') {
        const device = deviceAnswer(outcome.profile);
        return { status: 200, body: { person: person.username, device } };
      }
      const reason = outcome.state === 'refused' ? 'fingerprint_differs' : 'no_phone_waiting';
      throw new HelpDeskProblem(reason, { person: person.id });
    }),
  );
  router.all([activations, confirm, reactivate], onlyMethods(deps, 'POST'));
  return router;
}
