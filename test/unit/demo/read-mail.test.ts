import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { withLinks } from '../../../src/demo/site/mailbox-routes.js';
import { readMail } from '../../../src/demo/site/read-mail.js';
import { systemClock } from '../../../src/kernel/clock.js';
import { systemRandom } from '../../../src/kernel/random.js';
import { createFolderTransport } from '../../../src/mail/folder-transport.js';
import { temporaryFolder } from '../../support/temporary-folder.js';

const link = `http://localhost:3000/password/set/${'a'.repeat(80)}`;

test.each([
  ['plain', 'A new password', `Hello\n\nFollow ${link} today.\n-- \nThe desk`],
  [
    'Swedish',
    'Nytt lösenord för Åsa, ett ganska långt ämne som måste brytas på flera rader',
    `Hej Åsa!\n\nÖppna ${link}.`,
  ],
  ['other scripts', '新しいパスワード', `こんにちは、${link} を開いてください。\n`.repeat(5)],
])('reads back what the folder transport wrote: %s', async (_, subject, text) => {
  const folder = join(temporary.path, encodeURIComponent(subject).slice(0, 20));
  const transport = createFolderTransport({ folder, clock: systemClock, random: systemRandom });
  await transport.send({
    from: 'drawbridge@localhost',
    fromName: 'Drawbridge',
    to: 'anna@example.org',
    subject,
    text,
  });
  const [name = ''] = readdirSync(folder);
  const mail = readMail(readFileSync(join(folder, name), 'utf8'));
  expect(mail).toMatchObject({ to: 'anna@example.org', subject, text: text.trim() });
  expect(mail.date).not.toBe('');
});
const temporary = temporaryFolder();

test('addresses become links without the full stop behind them, and markup stays text', () => {
  const html = withLinks(`<b>Go</b> to ${link}. Or (http://127.0.0.1:1/a?b=1&c=2)!`)
    .map((part) => part.html)
    .join('');
  expect(html).toBe(
    `&lt;b&gt;Go&lt;/b&gt; to <a href="${link}">${link}</a>. Or (<a href="http://127.0.0.1:1/a?b=1&amp;c=2">http://127.0.0.1:1/a?b=1&amp;c=2</a>)!`,
  );
});
