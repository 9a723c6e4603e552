import type { Router } from 'express';
import { createAuthenticatorApi } from '../authenticator/create-authenticator-api.js';
import type { Configuration } from '../config/configuration.js';
import { devicesChanged } from '../devices/devices-changed.js';
import type { DependencyWatch } from './dependency-watch.js';
import type { Foundations } from './foundations.js';
import type { SignInParts } from './sign-in.js';

/** The API for phones, with its streams told of what other processes change. */
export function createAuthenticator(
  { publicUrl, organisation, authenticator }: Configuration,
  base: Foundations,
  { phones, clientAddress }: Pick<SignInParts, 'phones' | 'clientAddress'>,
  dependencies: Pick<DependencyWatch, 'noticed'>,
): { router: Router; close: () => void } {
  const { router, streams } = createAuthenticatorApi({
    ...phones,
    activation: phones.phoneActivation,
    challenges: phones.phoneChallenges,
    database: base.database,
    signals: base.signals,
    clock: base.clock,
    publicUrl,
    clientAddress,
    organisation: organisation.name,
    codesAllowed: authenticator.offlineCodes,
    pushServices: authenticator.pushServices,
    onError: (error, path) => {
      base.logger.error('authenticator.failed', { path }, error);
    },
    noticed: (error) => {
      dependencies.noticed(error);
    },
  });
  const unsubscribe = base.changeFeed.subscribe(devicesChanged, () => {
    streams.lookAll();
  });
  base.metrics.onCollect((gauges) => {
    gauges.inboxStreams.set({}, streams.size);
  });
  return {
    router,
    close: () => {
      unsubscribe();
      streams.closeAll();
    },
  };
}
