import { resolve } from 'node:path';
import { z } from 'zod';
import type { MailConfiguration } from '../configuration.js';
import { text } from '../fields.js';

const looksLikeMail = (address: string) =>
  /^[^\s@<>]+@[^\s@<>]+$/.test(address) || /^[^<>]+ <[^\s@<>]+@[^\s@<>]+>$/.test(address);

/** Either a mail server or a folder. */
export const mailSection = z
  .object({
    smtp_url: text(
      {
        description:
          'The mail server, smtp:// (STARTTLS where offered) or smtps://, password included.',
        format: 'URL',
        example: 'smtps://drawbridge@mail.example.org',
        secret: true,
      },
      (url) =>
        /^smtps?:\/\/./.test(url) && URL.canParse(url)
          ? null
          : 'must be an smtp:// or smtps:// URL',
    ).optional(),
    from: text(
      {
        description: 'The sender of every mail; needed with smtp_url.',
        example: 'Drawbridge <no-reply@example.org>',
      },
      (address) => (looksLikeMail(address) ? null : 'must be a mail address'),
    ).optional(),
    folder: text({
      description: 'Mails are written to this folder instead of being sent. Default: mail.',
      format: 'path',
      example: 'mail',
    }).optional(),
  })
  .superRefine((mail, context) => {
    if (mail.smtp_url !== undefined && mail.folder !== undefined) {
      context.addIssue({
        code: 'custom',
        path: ['folder'],
        message: 'stands beside smtp_url, and mail can go only one way',
        params: { remedy: 'Remove folder or smtp_url.' },
      });
    }
    if (mail.smtp_url !== undefined && mail.from === undefined) {
      context.addIssue({ code: 'custom', path: ['from'], message: 'is missing' });
    }
  });

export const adminMailField = text(
  { description: 'Where alarms are mailed.', example: 'operators@example.org' },
  (address) => (looksLikeMail(address) ? null : 'must be a mail address'),
);

export function readMail(mail: z.output<typeof mailSection>, folder: string): MailConfiguration {
  if (mail.smtp_url !== undefined) {
    return { kind: 'smtp', url: mail.smtp_url, from: mail.from ?? '' };
  }
  return { kind: 'folder', folder: resolve(folder, mail.folder ?? 'mail') };
}
