import type { MailConfiguration } from '../config/configuration.js';
import type { Clock } from '../kernel/clock.js';
import type { RandomSource } from '../kernel/random.js';
import { createFolderTransport } from './folder-transport.js';
import type { MailTransport } from './mail-transport.js';
import { createSmtpTransport } from './smtp-transport.js';

/** The transport that the configuration names. */
export function createMailTransport(
  mail: MailConfiguration,
  deps: { clock: Clock; random: RandomSource },
): MailTransport {
  return mail.kind === 'smtp'
    ? createSmtpTransport(mail.url, deps.clock)
    : createFolderTransport({ folder: mail.folder, ...deps });
}
