/** The words of RFC 7591, 3.2.2, and of RFC 6750, 3.1. */
export type RegistrationError =
  'invalid_redirect_uri' | 'invalid_client_metadata' | 'invalid_request' | 'invalid_token';

/** Not registered, not changed. `message` goes to the client: it names fields and rules, never values. */
export class RegistrationRefused extends Error {
  override readonly name = 'RegistrationRefused';
  readonly error: RegistrationError;
  readonly status: number;

  constructor(
    error: RegistrationError,
    message: string,
    status = error === 'invalid_token' ? 401 : 400,
  ) {
    super(message);
    this.error = error;
    this.status = status;
  }
}
