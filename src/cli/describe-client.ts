import { authMethodOf, type OidcSettings } from '../protocols/oidc/client-settings.js';
import { printable } from './printable.js';

/** What a service of OpenID Connect is and where answers for it may go, as lines to compare. Its secret is not there. */
export function describeClient(settings: OidcSettings): string[] {
  const rows: (readonly [label: string, value: string])[] = [
    ['Client id', settings.client_id],
    ['Proves itself', authMethodOf(settings)],
    ...settings.redirect_uris.map((uri) => ['Answers go to', uri] as const),
    ...settings.post_logout_redirect_uris.map((uri) => ['After logout', uri] as const),
    ['Logout at', settings.backchannel_logout_uri ?? 'not told of sign-outs'],
    ['May use', settings.grant_types.join(', ')],
    ['May ask for', settings.scope ?? 'all scopes'],
  ];
  return rows.map(([label, value]) => `${label.padEnd(15)} ${printable(value)}`);
}
