import type { Router } from 'express';
import type { Alarms } from '../../audit/alarms.js';
import type { AuditLog } from '../../audit/audit-log.js';
import type { RandomSource } from '../../kernel/random.js';
import type { ManagedKeyStore } from '../../keys/create-key-store.js';
import { defaultIssuerId } from '../../issuers/issuers.js';
import type { Sealer } from '../../keys/sealer.js';
import type { EphemeralStore } from '../../storage/ephemeral/ephemeral-store.js';
import { createGuardedRequest } from '../../web/guarded-request.js';
import type { PageSender } from '../../web/send-page.js';
import { createAnswers } from './answers.js';
import { createCloudKeys } from './cloud-keys.js';
import { createExternalAccounts } from './external-accounts.js';
import { createExternalMfaRoutes, type RoutesDeps } from './external-mfa-routes.js';
import { microsoftClouds, type MicrosoftClouds } from './microsoft-clouds.js';
import { createParkedRequests } from './parked-requests.js';
import { providerKeys, type ProviderKey } from './provider-keys.js';

type Made =
  'accounts' | 'answers' | 'clouds' | 'cloudKeys' | 'parked' | 'publishedKeys' | 'signingKey';

export interface ExternalMfaDeps extends Omit<RoutesDeps, Made> {
  alarms: Alarms;
  audit: AuditLog;
  keys: ManagedKeyStore;
  pages: PageSender;
  random: RandomSource;
  sealer: Sealer;
  store: EphemeralStore;
  /** Where Microsoft is; another place for tests only. */
  clouds?: MicrosoftClouds;
  /** Host names on private addresses that may be called. */
  privateHosts: readonly string[];
  /** Keys could not be made, or those of a cloud not fetched. */
  onError: (error: unknown) => void;
  /** A store did not answer. */
  noticed: (error: unknown) => void;
}

const KEY_DOCUMENT_BYTES = 256 * 1024;
const KEY_DOCUMENT_TIMEOUT_MS = 10_000;

/** The second factor for people whom Entra signs in (External MFA). */
export function createExternalMfaProtocol(deps: ExternalMfaDeps): {
  router: Router;
  close: () => void;
} {
  const { keys, registry, onError, privateHosts } = deps;
  const clouds = deps.clouds ?? microsoftClouds;
  let ensured: Promise<void> | null = null;
  const ready = (): Promise<void> =>
    (ensured ??= keys.ensureKeys(defaultIssuerId, ['external-mfa']).catch((error: unknown) => {
      ensured = null;
      throw error;
    }));
  const publishedKeys = async (): Promise<ProviderKey[]> => {
    await ready();
    return providerKeys(keys);
  };
  // A key takes a moment to make; whoever asks first should not wait for it.
  const prepare = (): void => {
    if (registry.ofProtocol('external-mfa').length > 0) ready().catch(onError);
  };
  prepare();
  const router = createExternalMfaRoutes({
    ...deps,
    clouds,
    accounts: createExternalAccounts(deps),
    answers: createAnswers(deps),
    cloudKeys: createCloudKeys({
      ...deps,
      clouds,
      call: createGuardedRequest({
        privateHosts,
        timeoutMs: KEY_DOCUMENT_TIMEOUT_MS,
        limit: KEY_DOCUMENT_BYTES,
      }),
    }),
    parked: createParkedRequests(deps),
    publishedKeys,
    signingKey: async () => {
      const [key] = await publishedKeys();
      if (key === undefined) throw new Error('there is no key for external-mfa');
      return key;
    },
  });
  return { router, close: registry.onChange(prepare) };
}
