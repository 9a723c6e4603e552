import { readActivationCode } from '../../../devices/wire/activation-code.js';

/** What a QR code, a pasted link or typed text says. `elsewhere`: it is a code of another organisation's app. */
export type Scanned = { kind: 'code'; code: string } | { kind: 'elsewhere'; host: string };

/** @param appUrl this app's own address, `https://…/authenticator/` */
export function readScanned(text: string, appUrl: string): Scanned | null {
  const code = readActivationCode(text);
  if (code !== null) return { kind: 'code', code };
  const link = /^https?:\/\//i.test(text.trim()) && text.length < 2048 ? parse(text.trim()) : null;
  const linked = /^#a=(.+)$/.exec(link?.hash ?? '')?.[1];
  const linkedCode = linked === undefined ? null : readActivationCode(decode(linked));
  if (link === null || linkedCode === null) return null;
  const isOurs = `${link.origin}${link.pathname}` === appUrl;
  return isOurs ? { kind: 'code', code: linkedCode } : { kind: 'elsewhere', host: link.host };
}

function parse(text: string): URL | null {
  return URL.canParse(text) ? new URL(text) : null;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return '';
  }
}
