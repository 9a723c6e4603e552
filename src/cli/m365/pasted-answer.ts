import type { PostedForm } from '../../entra-twin/posted-form.js';
import { codeIn } from './explain-code.js';
import { cloudOfToken } from './explain-hint.js';
import { readingsOf } from './pasted-text.js';
import { withoutComments } from './readable-xml.js';

/** What somebody pasted, by what it is. */
export type Pasted =
  | { kind: 'saml' | 'wsFed' | 'external-mfa'; form: PostedForm; xml: string | null }
  /** An assertion of SAML, without the answer around it. */
  | { kind: 'assertion'; xml: string }
  /** What Microsoft sends here, and not what we answer. */
  | { kind: 'hint'; token: string; cloud: string }
  | { kind: 'code'; code: string }
  | { kind: 'unknown'; why: string };

const formFields = ['SAMLResponse', 'wresult', 'id_token', 'id_token_hint', 'error'];

/**
 * Recognises a SAMLResponse (base64 or XML), a wresult, an assertion, an id_token, Microsoft's hint, the whole posted form,
 * the page that posts it, or a message of Entra, however it was escaped on the way. A field that was not pasted is missing in the form; the address it
 * was posted to is `''`.
 */
export function readPasted(written: string): Pasted {
  let best: Pasted | null = null;
  for (const reading of readingsOf(written)) {
    const found = recognised(reading);
    if (found !== null && found.kind !== 'unknown') return found;
    best ??= found;
  }
  return (
    best ?? {
      kind: 'unknown',
      why: 'It is no SAMLResponse, no wresult, no id_token and no AADSTS code.',
    }
  );
}

/** `null`: it is nothing like that. */
function recognised(text: string): Pasted | null {
  if (text.startsWith('<')) return fromXml(text);
  const joined = text.replaceAll(/\s/g, '');
  if (/^[\w-]+\.[\w-]+\.[\w-]*$/.test(joined)) return fromToken([['id_token', joined]]);
  const posted = formIn(text);
  if (posted !== null) return posted;
  const code = codeIn(text);
  if (code !== null) return { kind: 'code', code };
  if (!/^[A-Za-z0-9+/=_-]+$/.test(joined)) return null;
  const xml = Buffer.from(joined, 'base64').toString('utf8').trimStart();
  return xml.startsWith('<') ? fromXml(xml) : null;
}

function formIn(text: string): Pasted | null {
  const start = text.replace(/^[^=\s]*\?/, '');
  if (!/^[\w.-]+=/.test(start)) return null;
  const fields = [...new URLSearchParams(start.replaceAll(/\s/g, ''))];
  const names = fields.map(([name]) => name);
  if (!formFields.some((name) => names.includes(name))) return null;
  const valueOf = (name: string) => fields.find(([one]) => one === name)?.[1] ?? '';
  if (names.includes('wresult')) {
    return { kind: 'wsFed', form: { action: '', fields }, xml: valueOf('wresult') };
  }
  if (names.includes('SAMLResponse')) {
    const base64 = valueOf('SAMLResponse').replaceAll(' ', '+').replaceAll(/\s/g, '');
    const xml = Buffer.from(base64, 'base64').toString('utf8');
    const others = fields.filter(([name]) => name !== 'SAMLResponse');
    return {
      kind: 'saml',
      form: { action: '', fields: [...others, ['SAMLResponse', base64]] },
      xml,
    };
  }
  return fromToken(fields);
}

function fromXml(xml: string): Pasted {
  const root =
    /^(?:<\?[^>]*\?>)?\s*<(?:[\w.-]+:)?([\w.-]+)/.exec(withoutComments(xml).trimStart())?.[1] ?? '';
  if (
    root === 'RequestSecurityTokenResponse' ||
    root === 'RequestSecurityTokenResponseCollection'
  ) {
    const fields = [
      ['wa', 'wsignin1.0'],
      ['wresult', xml],
    ] as const;
    return { kind: 'wsFed', form: { action: '', fields }, xml };
  }
  if (root === 'Response') {
    const fields = [['SAMLResponse', Buffer.from(xml).toString('base64')]] as const;
    return { kind: 'saml', form: { action: '', fields }, xml };
  }
  if (root === 'Assertion') return { kind: 'assertion', xml };
  const what =
    root === ''
      ? 'It is XML with something in front of it'
      : `It is ${/^[aeio]/i.test(root) ? 'an' : 'a'} ${root}`;
  return {
    kind: 'unknown',
    why: `${what}. Paste what the browser posts back to Microsoft: the whole SAMLResponse or wresult.`,
  };
}

function fromToken(fields: readonly (readonly [string, string])[]): Pasted {
  const valueOf = (name: string) => fields.find(([one]) => one === name)?.[1];
  const hint = valueOf('id_token_hint');
  const token = hint ?? valueOf('id_token') ?? '';
  const cloud = cloudOfToken(token);
  if (cloud !== null) return { kind: 'hint', token, cloud };
  if (hint !== undefined) {
    return {
      kind: 'unknown',
      why: 'Its id_token_hint is of no cloud of Microsoft, and is refused here (hint-issuer).',
    };
  }
  return { kind: 'external-mfa', form: { action: '', fields }, xml: null };
}
