/** Forged messages made of a genuine, signed one: the attacker changes nothing that is signed, only where it stands. */
export interface Forgery {
  name: string;
  xml: string;
  detail: string;
}

const signaturePattern = /<ds:Signature .*<\/ds:Signature>/s;

/**
 * `genuine`: signed. `evil`: what the attacker wants to be read, unsigned, with the ID `_evil`.
 * The eight of "On Breaking SAML" as they apply to requests, each with the same ID too, and hiding places of our own.
 */
export function forgeries(genuine: string, evil: string): Forgery[] {
  const signature = signaturePattern.exec(genuine)?.[0] ?? '';
  const original = genuine.replace(signaturePattern, '');
  const sameId = evil.replace('"_evil"', '"_genuine"');
  const afterIssuer = (xml: string, more: string) =>
    xml.replace('</saml:Issuer>', `</saml:Issuer>${more}`);
  const inSignature = (content: string) =>
    signature.replace('</ds:Signature>', `${content}</ds:Signature>`);
  const object = (content: string) => `<ds:Object>${content}</ds:Object>`;
  const extensions = (content: string) => `<samlp:Extensions>${content}</samlp:Extensions>`;
  const inKeyInfo = (content: string) =>
    signature.includes('<ds:KeyInfo>')
      ? signature.replace('<ds:KeyInfo>', `<ds:KeyInfo>${content}`)
      : inSignature(`<ds:KeyInfo>${content}</ds:KeyInfo>`);
  const stranger = (content: string) => `<x:any xmlns:x="urn:x">${content}</x:any>`;
  const last = (xml: string, more: string) => xml.replace(/<\/samlp:\w+>$/, `${more}$&`);
  return [
    {
      name: 'XSW1: original in Object of its signature',
      xml: afterIssuer(evil, inSignature(object(original))),
      detail: 'object',
    },
    {
      name: 'XSW1 with the same ID',
      xml: afterIssuer(sameId, inSignature(object(original))),
      detail: 'object',
    },
    {
      name: 'XSW2: original beside its signature',
      xml: afterIssuer(evil, `${original}${signature}`),
      detail: 'second-message',
    },
    {
      name: 'XSW2 with the same ID',
      xml: afterIssuer(sameId, `${signature}${original}`),
      detail: 'second-message',
    },
    {
      name: 'XSW3: original, signed, before everything',
      xml: evil.replace('<saml:Issuer>', `${genuine}<saml:Issuer>`),
      detail: 'second-message',
    },
    {
      name: 'XSW4: original, signed, after everything',
      xml: last(evil, genuine),
      detail: 'second-message',
    },
    {
      name: 'XSW5: forged one inside the original',
      xml: last(genuine, sameId),
      detail: 'second-message',
    },
    {
      name: 'XSW6: original in Extensions of the forged one',
      xml: afterIssuer(evil, `${signature}${extensions(original)}`),
      detail: 'extensions',
    },
    {
      name: 'XSW6 with the same ID',
      xml: afterIssuer(sameId, `${signature}${extensions(original)}`),
      detail: 'extensions',
    },
    {
      name: 'XSW7: original, signed, in Extensions',
      xml: afterIssuer(evil, extensions(genuine)),
      detail: 'extensions',
    },
    {
      name: 'XSW7 behind a stranger',
      xml: afterIssuer(evil, extensions(stranger(genuine))),
      detail: 'extensions',
    },
    {
      name: 'XSW8: original in Object, signature in original',
      xml: afterIssuer(evil, inSignature(object(stranger(genuine)))),
      detail: 'object',
    },
    {
      name: 'original in KeyInfo',
      xml: afterIssuer(evil, inKeyInfo(original)),
      detail: 'second-message',
    },
    {
      name: 'original in KeyInfo behind a stranger, same ID',
      xml: afterIssuer(sameId, inKeyInfo(stranger(original))),
      detail: 'second-message',
    },
    {
      name: 'signature of the original on another message',
      xml: afterIssuer(evil, signature),
      detail: 'reference',
    },
    {
      name: 'signature of the original on another message with its ID',
      xml: afterIssuer(sameId, signature),
      detail: 'digest',
    },
  ];
}
