/** A mail that Drawbridge wrote into the folder: plain text, one recipient. */
export interface ReceivedMail {
  to: string;
  subject: string;
  date: string;
  text: string;
}

/** Reads what nodemailer writes (RFC 5322, RFC 2045, RFC 2047); a mail of one plain text part. */
export function readMail(content: string): ReceivedMail {
  const end = content.search(/\r?\n\r?\n/);
  const head = (end === -1 ? content : content.slice(0, end)).replace(/\r?\n[ \t]+/g, ' ');
  const body = end === -1 ? '' : content.slice(end).replace(/^\r?\n\r?\n/, '');
  const header = (name: string): string =>
    new RegExp(`^${name}:[ \t]*(.*)$`, 'im').exec(head)?.[1]?.trim() ?? '';
  return {
    to: header('To').replace(/^.*<(.*)>$/, '$1'),
    subject: readEncodedWords(header('Subject')),
    date: header('Date'),
    text: readBody(body, header('Content-Transfer-Encoding').toLowerCase()).trim(),
  };
}

function readEncodedWords(text: string): string {
  return text
    .replace(/(\?=)\s+(=\?)/g, '$1$2')
    .replace(/=\?utf-8\?([bq])\?([^?]*)\?=/gi, (_, how: string, coded: string) =>
      how.toLowerCase() === 'b'
        ? Buffer.from(coded, 'base64').toString()
        : unquote(coded.replaceAll('_', ' ')),
    );
}

function readBody(body: string, encoding: string): string {
  if (encoding === 'base64') return Buffer.from(body, 'base64').toString();
  return encoding === 'quoted-printable' ? unquote(body.replace(/=\r?\n/g, '')) : body;
}

function unquote(text: string): string {
  const bytes = text.replace(/=([0-9a-f]{2})/gi, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return Buffer.from(bytes, 'latin1').toString();
}
