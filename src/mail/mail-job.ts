import { DrawbridgeError } from '../kernel/errors.js';
import type { MailTransport } from './mail-transport.js';

export type MailValues = Readonly<Record<string, string | number | boolean | null>>;

/** Text of a mail in the recipient's language; both are plain text. Times are milliseconds since the epoch. */
export type ComposeMail = (
  template: string,
  locale: string,
  values: MailValues,
) => { subject: string; text: string };

export interface QueuedMail {
  to: string;
  template: string;
  /** `null`: the organisation's default. */
  locale: string | null;
  /** What the template says; names other than `to`, `template` and `locale`. */
  values: MailValues;
}

/** The job to put into the outbox. */
export function mailJob(mail: QueuedMail): { kind: 'mail'; payload: MailValues } {
  const { to, template, locale, values } = mail;
  return { kind: 'mail', payload: { ...values, to, template, locale } };
}

/**
 * The body of queued mails: payload `{ to, template, locale, ...values }`.
 * @param deps.from the sender, `name@example.org` or `Name <name@example.org>`
 * @throws DrawbridgeError `mail_address_invalid` when an address is not one bare address
 */
export function createMailJob(deps: {
  transport: MailTransport;
  composeMail: ComposeMail;
  from: string;
  defaultLocale: string;
}) {
  const { transport, composeMail, defaultLocale } = deps;
  const sender = readSender(deps.from);
  return {
    kind: 'mail' as const,
    async run(payload: MailValues): Promise<void> {
      const { to, template, locale, ...values } = payload;
      if (typeof template !== 'string') {
        throw new DrawbridgeError('mail_job_invalid', 'a mail job needs a template');
      }
      const recipient = bareAddress(to);
      const language = typeof locale === 'string' ? locale : defaultLocale;
      const { subject, text } = composeMail(template, language, values);
      await transport.send({ ...sender, to: recipient, subject: oneLine(subject), text });
    },
  };
}

/** One mailbox, no display name, no list, nothing that ends a header line (RFC 5321 4.1.2 without quoted forms). */
function bareAddress(text: unknown): string {
  const shape = /^[^\s<>()[\]\\,;:"@\p{Cc}]{1,64}@[^\s<>()\\,;:"@\p{Cc}]{1,255}$/u;
  if (typeof text !== 'string' || !shape.test(text)) {
    throw new DrawbridgeError('mail_address_invalid', 'not a single bare mail address');
  }
  return text;
}

function readSender(text: string): { from: string; fromName: string } {
  const named = /^([^<>"]*)<([^<>]+)>$/.exec(text.trim());
  return named === null
    ? { from: bareAddress(text.trim()), fromName: '' }
    : { from: bareAddress(named[2]), fromName: oneLine(named[1]!) };
}

const oneLine = (text: string): string => text.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ').trim();
