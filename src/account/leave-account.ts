import type { Request, Response } from 'express';
import type { SignOutResult } from '../logout/sign-out.js';
import type { PageSender } from '../web/send-page.js';

/**
 * The forms are on pages that may not lead to other sites, and browsers hold redirects to that: where the way goes past
 * other sites, a page in between starts it anew.
 */
export function goOn(
  pages: PageSender,
  request: Request,
  response: Response,
  { to, leaves }: SignOutResult,
): void {
  if (leaves) pages.send(request, response, 'login/continue', { url: to, service: null });
  else response.redirect(303, to);
}
