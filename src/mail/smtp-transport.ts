import { createTransport } from 'nodemailer';
import type { Clock } from '../kernel/clock.js';
import type { MailTransport } from './mail-transport.js';
import { toNodemailer } from './nodemailer-options.js';

const connectMs = 10_000;
const silenceMs = 20_000;

/**
 * Sends to a mail server. `smtps://` is TLS from the start; `smtp://` uses STARTTLS where offered and, when
 * a password is given and the server is not this machine, refuses to go on without.
 * @param url `smtp(s)://[user:password@]host[:port]`
 */
export function createSmtpTransport(url: string, clock: Clock): MailTransport {
  const { protocol, hostname, port, username, password } = new URL(url);
  const secure = protocol === 'smtps:';
  const local = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname);
  const transport = createTransport({
    host: hostname.replace(/^\[|\]$/g, ''),
    port: port === '' ? (secure ? 465 : 587) : Number(port),
    secure,
    requireTLS: !secure && !local && username !== '',
    ...(username === ''
      ? {}
      : { auth: { user: decodeURIComponent(username), pass: decodeURIComponent(password) } }),
    tls: { minVersion: 'TLSv1.2' },
    connectionTimeout: connectMs,
    greetingTimeout: connectMs,
    socketTimeout: silenceMs,
  });
  return {
    async send(message) {
      await transport.sendMail(toNodemailer(message, clock.now()));
    },
    close: () => transport.close(),
  };
}
