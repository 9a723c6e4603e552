import type { IncomingMessage } from 'node:http';
import type { ServerResponse } from 'node:http';
import type { PublicUrl } from '../../config/public-url.js';
import { VIEW_ID } from './storage/session-view.js';

/**
 * What the library is allowed to see of a request: host and scheme of the configured URL, and in place of any cookie of
 * its own for sessions either a mark that a session of ours is in force, or nothing.
 */
export function presentRequest(
  request: IncomingMessage,
  publicUrl: PublicUrl,
  hasSession: boolean,
): void {
  request.headers.host = publicUrl.host;
  request.headers['x-forwarded-proto'] = publicUrl.secure ? 'https' : 'http';
  delete request.headers['x-forwarded-host'];
  const cookies = (request.headers.cookie ?? '')
    .split(';')
    .map((cookie) => cookie.trim())
    .filter((cookie) => cookie !== '' && !cookie.startsWith(`${VIEW_ID}=`));
  if (hasSession) cookies.push(`${VIEW_ID}=${VIEW_ID}`);
  request.headers.cookie = cookies.join('; ');
}

/** The library's session cookie never leaves: the session is ours. */
export function withholdSessionCookie(response: ServerResponse): void {
  const present = response.getHeader('Set-Cookie');
  if (!Array.isArray(present)) return;
  const kept = present.filter((cookie) => !cookie.startsWith(`${VIEW_ID}=`));
  if (kept.length === 0) response.removeHeader('Set-Cookie');
  else response.setHeader('Set-Cookie', kept);
}
