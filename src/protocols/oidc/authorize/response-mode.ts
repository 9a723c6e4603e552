import { errors, type KoaContextWithOIDC } from 'oidc-provider';
import type { OidcSettings } from '../client-settings.js';

/**
 * Answers are delivered only in ways the client is registered for. Ours and not the library's check, because that one
 * comes before the response type is looked at and delivers its refusal in the very mode that it refuses.
 * @throws InvalidRequest, in the default mode
 */
export function assertResponseMode(ctx: KoaContextWithOIDC, settings: OidcSettings | null): void {
  const { params } = ctx.oidc;
  const asked = params?.['response_mode'];
  const mode = typeof asked === 'string' ? asked : 'query';
  if (settings === null || (settings.response_modes as readonly string[]).includes(mode)) return;
  if (params !== undefined) params['response_mode'] = undefined;
  throw new errors.InvalidRequest('requested response_mode is not allowed for this client');
}
