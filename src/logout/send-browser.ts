import type { Request, Response } from 'express';
import type { PostedForm } from '../web/page-models.js';
import type { PageSender } from '../web/send-page.js';
import type { BrowserVisit } from './browser-visit.js';

/** Sends a browser with a message to another site: by redirect, or by a page that posts. */
export function sendBrowser(
  pages: PageSender,
  request: Request,
  response: Response,
  visit: BrowserVisit,
  service: string | null,
): void {
  if (visit.kind === 'redirect') {
    response.set('Cache-Control', 'no-store').set('Referrer-Policy', 'no-referrer');
    response.redirect(303, visit.url);
    return;
  }
  const security = { script: true, formAction: 'anywhere' } as const;
  pages.send(request, response, 'login/auto-post', { ...formOf(visit), service }, security);
}

/** The form of a page that posts. */
export function formOf({ action, fields }: Extract<BrowserVisit, { kind: 'post' }>): PostedForm {
  return {
    action,
    fields: Object.entries(fields).map(([name, value]) => ({ name, value })),
  };
}
