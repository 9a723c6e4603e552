import type { MailMessage } from './mail-transport.js';

/**
 * What nodemailer gets. Addresses are passed as objects, so that nothing in them is parsed as a list of further
 * recipients, and nodemailer may read neither files nor URLs, whatever a text says.
 */
export function toNodemailer(message: MailMessage, now: number) {
  return {
    from: { name: message.fromName, address: message.from },
    to: { name: '', address: message.to },
    envelope: { from: message.from, to: [message.to] },
    subject: message.subject,
    text: message.text,
    date: new Date(now),
    // RFC 3834: keeps automatic answers away.
    headers: { 'Auto-Submitted': 'auto-generated' },
    disableFileAccess: true,
    disableUrlAccess: true,
  };
}
