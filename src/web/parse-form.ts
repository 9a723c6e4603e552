import { FormRefused } from './form-errors.js';

/** Fields by name, each a single string; without prototype. */
export type FormFields = Readonly<Record<string, string>>;

const maximumFields = 64;
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Parses an urlencoded form so that no two readers can disagree: a name at most once, no brackets (frameworks make
 * arrays and objects of them), valid UTF-8, no NUL.
 * @throws FormRefused 400
 */
export function parseForm(body: Buffer): FormFields {
  const fields: Record<string, string> = Object.create(null) as Record<string, string>;
  const text = decode(() => decoder.decode(body));
  if (text === '') return fields;
  const pairs = text.split('&');
  if (pairs.length > maximumFields) throw malformed('too many fields');
  for (const pair of pairs) {
    const equals = pair.indexOf('=');
    if (equals < 0) throw malformed('a field without a value');
    const name = decodePart(pair.slice(0, equals));
    if (!/^[A-Za-z][A-Za-z0-9_.-]{0,63}$/.test(name) || reserved.has(name)) {
      throw malformed('a field name that is not allowed');
    }
    if (name in fields) throw malformed(`the field "${name}" twice`);
    fields[name] = decodePart(pair.slice(equals + 1));
  }
  return fields;
}

/** Harmless here, but not in every hand these fields may pass through. */
const reserved = new Set(['constructor', 'prototype']);

/** Percent-decoding that refuses what is not UTF-8 (and so lone surrogates) instead of replacing it. */
function decodePart(part: string): string {
  const value = decode(() => decodeURIComponent(part.replaceAll('+', ' ')));
  if (value.includes('\0')) throw malformed('a NUL character');
  return value;
}

function decode(read: () => string): string {
  try {
    return read();
  } catch {
    throw malformed('text that is not UTF-8');
  }
}

function malformed(what: string): FormRefused {
  return new FormRefused('request_invalid', 400, `the form has ${what}`);
}
