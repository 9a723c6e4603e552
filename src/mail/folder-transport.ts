import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createTransport } from 'nodemailer';
import type { Clock } from '../kernel/clock.js';
import { randomToken } from '../kernel/random.js';
import type { RandomSource } from '../kernel/random.js';
import type { MailTransport } from './mail-transport.js';
import { toNodemailer } from './nodemailer-options.js';

/**
 * Writes each message as an `.eml` file, for the demo and for machines without a mail server. Readable by the
 * owner only, because mails hold one-time links. Names sort by time.
 */
export function createFolderTransport(deps: {
  folder: string;
  clock: Clock;
  random: RandomSource;
}): MailTransport {
  const { folder, clock, random } = deps;
  const transport = createTransport({ streamTransport: true, buffer: true, newline: 'unix' });
  return {
    async send(message) {
      const now = clock.now();
      const { message: content } = await transport.sendMail(toNodemailer(message, now));
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const name = `${new Date(now).toISOString().replaceAll(':', '-')}-${randomToken(random, 48)}.eml`;
      await writeFile(join(folder, name), content as Buffer, { mode: 0o600, flag: 'wx' });
    },
    close: () => transport.close(),
  };
}
