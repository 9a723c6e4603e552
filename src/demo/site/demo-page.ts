import type { Response } from 'express';
import { markup, type Markup } from './markup.js';

/** Which of the looks a page has; the stylesheet knows them by the same names. */
export type Look = 'harbour-notes' | 'tidewater-planner' | 'lighthouse-library' | 'mailbox';

export interface DemoPage {
  look: Look;
  site: string;
  title: string;
  body: Markup;
  status?: number;
}

/** Where pages link back to, and the one other site their forms may end at. */
export interface DemoFrame {
  issuer: string;
}

/** The services look unlike Drawbridge and unlike each other: it shows when one goes from site to site. */
export function sendDemoPage(response: Response, frame: DemoFrame, page: DemoPage): void {
  const { look, site, title, body } = page;
  const formTargets = `'self' ${new URL(frame.issuer).origin}`;
  response
    .status(page.status ?? 200)
    .set({
      'Content-Security-Policy': `default-src 'none'; style-src 'self'; img-src data:; form-action ${formTargets}; base-uri 'none'; frame-ancestors 'none'`,
      'Cache-Control': 'no-store',
      'Referrer-Policy': 'no-referrer',
      'X-Content-Type-Options': 'nosniff',
    })
    .type('html')
    .send(
      markup`<!doctype html>
<html lang="en" data-look="${look}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title === site ? site : `${title} · ${site}`}</title>
<meta name="robots" content="noindex">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/demo.css">
</head>
<body>
<header>
<a class="site" href="/${look}/"><span class="sign" aria-hidden="true">${site.slice(0, 1)}</span>${site}</a>
<a href="${frame.issuer}/">To Drawbridge</a>
</header>
<main>${body}</main>
<footer>Part of the Drawbridge demo on this computer.</footer>
</body>
</html>
`.html,
    );
}
