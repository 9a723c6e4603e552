import { errors, type Client, type ClientMetadata, type Provider } from 'oidc-provider';
import { RegistrationRefused } from './registration-refused.js';

/**
 * The library reads clients when they are used, and has rules beyond those of files (complete keys, for instance): what
 * it would refuse then is refused now.
 * @throws RegistrationRefused
 */
export function refuseUnusable(library: Provider, metadata: ClientMetadata): void {
  const Reader = library.Client as unknown as new (metadata: ClientMetadata) => Client;
  try {
    new Reader(metadata);
  } catch (error) {
    if (!(error instanceof errors.OIDCProviderError)) throw error;
    const isAddress = error.error === 'invalid_redirect_uri';
    throw new RegistrationRefused(
      isAddress ? 'invalid_redirect_uri' : 'invalid_client_metadata',
      error.error_description ?? error.error,
    );
  }
}
