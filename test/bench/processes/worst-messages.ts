import { deflateRawSync } from 'node:zlib';
import type { InboundMessage } from '../../../src/saml-core/received.js';
import { authnRequest, post, redirect } from '../../unit/saml-core/support/genuine.js';

/** Messages made to cost their receiver time or memory, the worst of each kind that is known. */
export const worstMessages: Readonly<Record<string, () => InboundMessage>> = {
  'deflate bomb by Redirect, 240 kB for 180 MB': () =>
    redirect(`SAMLRequest=${encodeURIComponent(bomb(180).toString('base64'))}`),
  'deflate bomb by POST, 10 kB for 10 MB': () => post(bomb(10)),
  'nested entities, 1 kB for 2 GB': () => post(request(laughs(), '&z;')),
  'one long entity, used often': () => post(request(blowUp(), '&a;'.repeat(10_000))),
  'entity declarations, 10 000': () => post(request(entities(10_000), '')),
  'depth of 60 000': () => post(authnRequest({ content: '<a>'.repeat(60_000) })),
  'attributes, 25 000 of one element': () =>
    post(authnRequest({ content: `<x ${named(25_000, (name) => `${name}=""`)}/>` })),
  'namespaces, 31 on each of 25 nested elements': () => post(namespaces()),
  'elements, as many as are let in': () =>
    post(extended('<x:a xmlns:x="urn:x">', '<x:a/>'.repeat(1_990), '</x:a>')),
  'text, as long as is let in': () => post(extended('<x:a xmlns:x="urn:x">', 'x'.repeat(255_000))),
};

function bomb(megabytes: number): Buffer {
  return deflateRawSync(Buffer.alloc(megabytes * 1_000_000, ' '), { level: 9 });
}

function request(doctype: string, issuer: string): string {
  return doctype + authnRequest({ issuer });
}

/** Two bytes, and nine times ten times as many. */
function laughs(): string {
  const names = [...'abcdefghiz'];
  const declarations = names.map((name, level) => {
    const below = names[level - 1];
    return `<!ENTITY ${name} "${below === undefined ? 'ha' : `&${below};`.repeat(10)}">`;
  });
  return `<!DOCTYPE l [${declarations.join('')}]>`;
}

const blowUp = () => `<!DOCTYPE l [<!ENTITY a "${'x'.repeat(100_000)}">]>`;

const entities = (count: number) =>
  `<!DOCTYPE l [${named(count, (name) => `<!ENTITY ${name} "">`)}]>`;

function named(count: number, write: (name: string) => string): string {
  return Array.from({ length: count }, (_, index) => write(`a${index}`)).join(' ');
}

function namespaces(): string {
  const declarations = named(31, (name) => `xmlns:${name}="urn:${name}"`);
  const levels = 25;
  return extended(`<a0:x ${declarations}>`.repeat(levels), '', '</a0:x>'.repeat(levels));
}

function extended(open: string, content: string, close = '</x:a>'): string {
  return authnRequest({
    content: `<samlp:Extensions>${open}${content}${close}</samlp:Extensions>`,
  });
}
