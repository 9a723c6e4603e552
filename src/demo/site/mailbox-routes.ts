import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Router, type Response } from 'express';
import { sendDemoPage, type DemoFrame } from './demo-page.js';
import { markup, type Markup } from './markup.js';
import { readMail, type ReceivedMail } from './read-mail.js';

/** How many are shown; older ones are still in the folder. */
const SHOWN = 50;

/** The mail of all demo people, newest first, with links to follow. Nobody else gets it. */
export function mailboxRoutes(folder: string, frame: DemoFrame): Router {
  const router = Router();
  router.get('/', async (_request, response: Response) => {
    const mails = await mailsIn(folder);
    const body = markup`<h1>Demo mailbox</h1>
      <p class="lead">
        Mail that Drawbridge sent to the demo people. It leaves this computer no other way.
      </p>
      ${mails.length === 0 ? nothingYet : null}
      ${mails.map(mailMarkup)}`;
    sendDemoPage(response, frame, {
      look: 'mailbox',
      site: 'Demo mailbox',
      title: 'Demo mailbox',
      body,
    });
  });
  return router;
}

async function mailsIn(folder: string): Promise<ReceivedMail[]> {
  const names = await readdir(folder).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  });
  const newest = names
    .filter((name) => name.endsWith('.eml'))
    .sort()
    .reverse()
    .slice(0, SHOWN);
  return Promise.all(
    newest.map(async (name) => readMail(await readFile(join(folder, name), 'utf8'))),
  );
}

const nothingYet = markup`<p class="notice">
  Nothing yet. Use “Forgot your password?” or set up an authenticator app: both send mail. Reload this
  page to look again.
</p>`;

function mailMarkup(mail: ReceivedMail): Markup {
  return markup`<article>
    <h2>${mail.subject}</h2>
    <p class="small">To ${mail.to} · ${mail.date}</p>
    <p class="text">${withLinks(mail.text)}</p>
  </article>`;
}

/** The text with its http addresses as links. */
export function withLinks(text: string): Markup[] {
  return text
    .split(/(https?:\/\/[^\s<>"]*[^\s<>".,;:!?)])/)
    .map((part, index) =>
      index % 2 === 1 ? markup`<a href="${part}">${part}</a>` : markup`${part}`,
    );
}
