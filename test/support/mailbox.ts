import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readMail, type ReceivedMail } from '../../src/demo/site/read-mail.js';
import { until } from './services/until.js';

/** Mails a server has written for an address so far, oldest first. */
export async function mailsTo(
  server: { folder: string },
  address: string,
): Promise<ReceivedMail[]> {
  const folder = join(server.folder, 'mail');
  const names = await readdir(folder).catch(() => []);
  const mails = await Promise.all(
    names
      .filter((name) => name.endsWith('.eml'))
      .sort()
      .map(async (name) => readMail(await readFile(join(folder, name), 'utf8'))),
  );
  return mails.filter(({ to }) => to === address);
}

/** Waits until there are `count` mails whose subject matches; mail leaves in its own time. */
export async function mailsAbout(
  server: { folder: string },
  address: string,
  subject: RegExp,
  count = 1,
): Promise<ReceivedMail[]> {
  let found: ReceivedMail[] = [];
  await until(async () => {
    found = (await mailsTo(server, address)).filter((mail) => subject.test(mail.subject));
    return found.length >= count;
  });
  return found;
}
