import type { PublicUrl } from '../config/public-url.js';

/** Everything of the API is below this path. */
export const HELP_DESK_PATH = '/api/help-desk';

/** One for each thing that a program may be able to do and another must not. */
export const helpDeskScopes = ['help-desk.read', 'help-desk.revoke', 'help-desk.activate'] as const;

export type HelpDeskScope = (typeof helpDeskScopes)[number];

/** What programs name in `resource` to get a token for the API (RFC 8707). */
export const helpDeskResource = (publicUrl: PublicUrl) => ({
  identifier: publicUrl.absolute(HELP_DESK_PATH),
  scopes: helpDeskScopes,
});
