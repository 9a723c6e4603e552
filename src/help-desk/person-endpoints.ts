import { Router } from 'express';
import { findLastEventsOf } from '../audit/find-audit-event.js';
import type { ActivationDesk } from '../devices/activations.js';
import type { DeviceReader } from '../devices/device-store.js';
import { readStanding } from '../directory/local/person-standing.js';
import type { SecondFactors } from '../factors/second-factors.js';
import type { Clock } from '../kernel/clock.js';
import type { SqlDatabase } from '../storage/sql/sql-database.js';
import { onlyMethods, type Endpoint, type EndpointDeps } from './endpoint.js';
import { findPerson, type FindDeps } from './find-person.js';
import { HELP_DESK_PATH } from './help-desk-resource.js';
import { deviceAnswer, personAnswer } from './person-answer.js';
import { HelpDeskProblem } from './problem.js';

export interface PersonEndpointDeps extends FindDeps {
  database: SqlDatabase;
  devices: DeviceReader;
  activationDesk: Pick<ActivationDesk, 'waiting'>;
  secondFactors: Pick<SecondFactors, 'overview'>;
  clock: Clock;
}

const EVENTS_SHOWN = 10;

/** Reading: how somebody stands, and their phones. */
export function personEndpoints(
  deps: PersonEndpointDeps & EndpointDeps,
  endpoint: Endpoint,
): Router {
  const { database, devices, clock } = deps;
  const router = Router({ caseSensitive: true, strict: true });
  const person = `${HELP_DESK_PATH}/people/:person`;

  router.get(
    person,
    endpoint(['help-desk.read'], async ({ param }) => {
      const found = await findPerson(deps, param('person'));
      const now = clock.now();
      const standing = await readStanding(database.db, found.id, now);
      if (standing === null) throw new HelpDeskProblem('unknown_person');
      const factors = await deps.secondFactors.overview(found);
      const events = await findLastEventsOf(database.db, found.id, EVENTS_SHOWN);
      return { status: 200, body: personAnswer(found, standing, factors, events, now) };
    }),
  );

  router.get(
    `${person}/devices`,
    endpoint(['help-desk.read'], async ({ param }) => {
      const { id, username } = await findPerson(deps, param('person'));
      const profiles = (await devices.devicesOf(id)).flatMap((device) => device.profiles);
      const waiting = await deps.activationDesk.waiting(id);
      const body = {
        person: username,
        devices: profiles.map(deviceAnswer),
        // Without its digits: those are for the person to read out.
        waiting: waiting && { name: waiting.deviceName },
      };
      return { status: 200, body };
    }),
  );
  router.all([person, `${person}/devices`], onlyMethods(deps, 'GET, HEAD'));
  return router;
}
