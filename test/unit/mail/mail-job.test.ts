import { afterEach, describe, expect, test } from '@jest/globals';
import { mkdtemp, readFile, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemRandom } from '../../../src/kernel/random.js';
import { createMailTransport } from '../../../src/mail/create-mail-transport.js';
import { createMailJob, mailJob } from '../../../src/mail/mail-job.js';
import type { ComposeMail } from '../../../src/mail/mail-job.js';
import type { MailTransport } from '../../../src/mail/mail-transport.js';
import { ManualClock } from '../../support/manual-clock.js';
import { startSmtpServer } from '../../support/mail/smtp-server.js';

const clock = new ManualClock();
const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

const compose: ComposeMail = (template, locale, values) => ({
  subject: `${template} (${locale}) ${values['subject'] ?? ''}`,
  text: `Hej ${values['name']}\n.\n..\nhttps://idp.example.org/link?once=åäö\n`,
});
const jobOn = (transport: MailTransport, from = 'Bridge <no-reply@example.org>') =>
  createMailJob({ transport, composeMail: compose, from, defaultLocale: 'sv' });
const mail = (to: string, values: Record<string, string> = {}) =>
  mailJob({ to, template: 'password-link', locale: 'en', values: { name: 'Åsa', ...values } })
    .payload;
/** Header lines, unfolded. */
const headersOf = (message: string) =>
  message
    .split(/\r?\n\r?\n/)[0]!
    .replace(/\r?\n[ \t]+/g, ' ')
    .split(/\r?\n/);

async function smtp(options: { user?: string; refuse?: (to: string) => boolean } = {}) {
  const server = await startSmtpServer(options);
  const url = `smtp://${options.user ?? ''}127.0.0.1:${server.port}`;
  const transport = createMailTransport(
    { kind: 'smtp', url, from: '' },
    { clock, random: systemRandom },
  );
  ends.push(() => transport.close(), server.close);
  return { server, transport };
}

describe('through a mail server', () => {
  test('a queued mail arrives with sender, recipient, subject and text', async () => {
    const { server, transport } = await smtp();
    await jobOn(transport).run(mail('asa@example.org'));
    expect(server.mails).toHaveLength(1);
    const [received] = server.mails;
    expect(received).toMatchObject({ from: 'no-reply@example.org', to: ['asa@example.org'] });
    const headers = headersOf(received!.data);
    expect(headers).toContain('From: Bridge <no-reply@example.org>');
    expect(headers).toContain('To: asa@example.org');
    expect(headers).toContain('Subject: password-link (en)');
    expect(headers).toContain('Auto-Submitted: auto-generated');
    expect(headers).toContain('Date: Mon, 02 Nov 2026 09:00:00 +0000');
    expect(received!.credentials).toBeNull();
  });

  test('user and password of the URL are used', async () => {
    const { server, transport } = await smtp({ user: 'mailer:p%40ss@' });
    await jobOn(transport).run(mail('asa@example.org'));
    expect(server.mails[0]?.credentials).toBe('mailer:p@ss');
  });

  test('a refused recipient and an absent server are failures, to be tried again', async () => {
    const { server, transport } = await smtp({ refuse: (to) => to === 'gone@example.org' });
    await expect(jobOn(transport).run(mail('gone@example.org'))).rejects.toThrow(/550/);
    await server.close();
    await expect(jobOn(transport).run(mail('asa@example.org'))).rejects.toThrow();
  });

  test('a password is not sent in the clear to another machine', async () => {
    const server = await startSmtpServer();
    ends.push(server.close);
    // A name that is this machine but not known as such stands for the other one.
    const remote = createMailTransport(
      { kind: 'smtp', url: `smtp://mailer:secret@0.0.0.0:${server.port}`, from: '' },
      { clock, random: systemRandom },
    );
    ends.push(() => remote.close());
    await expect(jobOn(remote).run(mail('asa@example.org'))).rejects.toThrow();
    expect(server.mails).toEqual([]);
  });

  test.each([
    'asa@example.org\r\nBcc: all@example.org',
    'asa@example.org, other@example.org',
    'asa@example.org;other@example.org',
    'Åsa <asa@example.org>',
    'a b@example.org',
    '"a\r\nRCPT TO:<x@y>"@example.org',
    'asa@example.org>',
    'asa@',
    '@example.org',
    'asa',
    '',
  ])('%j is no recipient', async (to) => {
    const { server, transport } = await smtp();
    await expect(jobOn(transport).run(mail(to))).rejects.toMatchObject({
      code: 'mail_address_invalid',
    });
    expect(server.mails).toEqual([]);
  });

  test.each([
    'x\r\nBcc: all@example.org',
    'x\nX-Evil: 1\n\nbody',
    'x\rX-Evil: 1',
    'x\u2028X-Evil: 1',
    'x\u0085X-Evil: 1',
  ])('a subject cannot add headers: %j', async (subject) => {
    const { server, transport } = await smtp();
    await jobOn(transport).run(mail('asa@example.org', { subject }));
    const [received] = server.mails;
    expect(received?.to).toEqual(['asa@example.org']);
    const names = headersOf(received!.data).map((header) => header.split(':')[0]);
    expect(names).not.toContain('Bcc');
    expect(names).not.toContain('X-Evil');
    expect(names.filter((name) => name === 'Subject')).toHaveLength(1);
  });
});

describe('into a folder', () => {
  const folder = async () => {
    const parent = await mkdtemp(join(tmpdir(), 'drawbridge-mail-'));
    ends.push(() => rm(parent, { recursive: true }));
    return join(parent, 'mail');
  };

  test('each mail is a file that only the owner can read', async () => {
    const path = await folder();
    const transport = createMailTransport(
      { kind: 'folder', folder: path },
      { clock, random: systemRandom },
    );
    const job = jobOn(transport, 'no-reply@example.org');
    await Promise.all([job.run(mail('asa@example.org')), job.run(mail('bo@example.org'))]);
    const names = await readdir(path);
    expect(names).toHaveLength(2);
    expect(((await stat(path)).mode & 0o777).toString(8)).toBe('700');
    for (const name of names) {
      expect(name).toMatch(/^2026-11-02T09-00-00\.000Z-[\w-]+\.eml$/);
      expect(((await stat(join(path, name))).mode & 0o777).toString(8)).toBe('600');
      expect(headersOf(await readFile(join(path, name), 'utf8'))).toContain(
        'From: no-reply@example.org',
      );
    }
  });
});

test('without a language of their own people get the default one', async () => {
  const subjects: string[] = [];
  const transport: MailTransport = {
    send: async ({ subject }) => void subjects.push(subject),
    close: () => {},
  };
  await jobOn(transport).run({ ...mail('asa@example.org'), locale: null });
  expect(subjects).toEqual(['password-link (sv)']);
});

test.each(['no-reply', 'Bridge <no-reply@example.org', 'a@b.example\r\nBcc: x@y.example'])(
  'a sender that is no address is refused at the start: %j',
  (from) => {
    const transport: MailTransport = { send: async () => {}, close: () => {} };
    expect(() => jobOn(transport, from)).toThrow();
  },
);
