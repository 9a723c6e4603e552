import type { AadstsCode } from '../../entra-twin/aadsts-code.js';
import { codeExplanations } from './code-explanations.js';

/** What a code means and what to do; for one that is none of a federation, where to look. */
export function explainCode(code: string): string[] {
  if (!isKnown(code)) {
    return [
      `${code} is not among the errors that a federation or External MFA is known to end in.`,
      `https://login.microsoftonline.com/error?code=${code.replace(/^AADSTS/, '')} says what Microsoft knows of it.`,
    ];
  }
  const { says, cause, fix } = codeExplanations[code];
  return [`${code}: ${says}`, '', cause, '', ...fix.map((step) => `- ${step}`)];
}

const isKnown = (code: string): code is AadstsCode => Object.hasOwn(codeExplanations, code);

/** The first code in a text, as Entra's error page and its messages write it; `null` when there is none. */
export function codeIn(text: string): string | null {
  const digits = /AADSTS\s?(\d{4,9})(?!\d)/i.exec(text)?.[1];
  return digits === undefined ? null : `AADSTS${digits}`;
}
