import { refuse } from './refusal.js';

const alphabet = /^[A-Za-z0-9+/]*={0,2}$/;

/** Base64 with nothing else in it; Buffer.from would skip over what it does not know. */
export function strictBase64(text: string): Buffer {
  if (text === '' || text.length % 4 !== 0 || !alphabet.test(text)) refuse('malformed', 'base64');
  return Buffer.from(text, 'base64');
}

/** As in XML and in forms, where lines may be broken. */
export function base64WithBreaks(text: string): Buffer {
  return strictBase64(text.replaceAll(/[\t\n\r ]+/g, ''));
}
