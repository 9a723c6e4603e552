import type { HomePage } from '../web/page-models.js';

/** What the terminal says once everything answers. Log lines go to a file, so that this stays in sight. */
export function announcement(
  demo: NonNullable<HomePage['demo']> & {
    url: string;
    /** Of the own certificate; `null` without https. */
    fingerprint: string | null;
    dataFolder: string;
    seconds: number;
  },
): string {
  const names = demo.people.map(({ username }) => username);
  const width = Math.max(...demo.services.map(({ name }) => name.length));
  return `
  Drawbridge demo: ready in ${demo.seconds.toFixed(1)} s

    Open      ${demo.url}
    Sign in   as ${names.slice(0, -1).join(', ')} or ${names.at(-1) ?? ''}
    Password  ${demo.password ?? ''}
${demo.fingerprint === null ? '' : ownCertificate(demo.fingerprint)}
${demo.services.map(({ name, url }) => `    ${name.padEnd(width)}  ${url}`).join('\n')}
    ${'Mailbox'.padEnd(width)}  ${demo.mailboxUrl}

  Everything is kept in ${demo.dataFolder}
  (people, keys, mail, the log); remove that folder to begin anew. Stop with Ctrl+C.

`;
}

const ownCertificate = (fingerprint: string): string => `
    The certificate is the demo's own, so your browser will warn. Compare its SHA-256 fingerprint first:
    ${fingerprint.slice(0, 47)}
    ${fingerprint.slice(48)}
    On a phone: docs/real-phone.md
`;
