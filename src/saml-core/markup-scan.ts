import { refuse } from './refusal.js';

/** What a document may contain before a parser is asked to build it. */
export interface MarkupLimits {
  /** UTF-8 bytes. */
  bytes: number;
  depth: number;
  elements: number;
  /** Of one element, namespace declarations included. */
  attributesPerElement: number;
  /** Of the whole document. */
  attributes: number;
  /** Metadata written by hand has comments; messages have not. */
  comments: 'refused' | 'allowed';
}

export const messageLimits: MarkupLimits = {
  bytes: 256 * 1024,
  depth: 32,
  elements: 2_000,
  attributesPerElement: 32,
  attributes: 2_000,
  comments: 'refused',
};

/**
 * One pass over the text, linear in its length, so that a bomb costs no more than its bytes. In well-formed XML every
 * `<` begins markup, hence looking at each is exact; what is not well-formed is left to the parser to refuse.
 */
export function scanMarkup(text: string, limits: MarkupLimits): void {
  let depth = 0;
  let elements = 0;
  let attributes = 0;
  let at = text.indexOf('<');
  while (at !== -1) {
    const next = text.charCodeAt(at + 1);
    let end = at + 1;
    if (next === exclamation) {
      end = skipDeclaration(text, at, limits);
    } else if (next === question) {
      refuse('forbidden-construct', 'processing-instruction');
    } else if (next === slash) {
      depth -= 1;
      end = text.indexOf('>', at);
    } else {
      const tag = startTag(text, at, limits.attributesPerElement);
      end = tag.end;
      elements += 1;
      attributes += tag.attributes;
      if (!tag.closed) depth += 1;
      if (depth > limits.depth) refuse('too-large', 'depth');
      if (elements > limits.elements) refuse('too-large', 'elements');
      if (attributes > limits.attributes) refuse('too-large', 'attributes');
    }
    if (end === -1) return;
    at = text.indexOf('<', end);
  }
}

const exclamation = 0x21;
const question = 0x3f;
const slash = 0x2f;
const greater = 0x3e;
const quote = 0x22;
const apostrophe = 0x27;

function skipDeclaration(text: string, at: number, limits: MarkupLimits): number {
  if (text.startsWith('<!--', at)) {
    if (limits.comments === 'refused') refuse('forbidden-construct', 'comment');
    const end = text.indexOf('-->', at + 4);
    return end === -1 ? -1 : end + 3;
  }
  if (text.startsWith('<![', at)) refuse('forbidden-construct', 'cdata');
  else refuse('forbidden-construct', 'doctype');
  return at + 1;
}

function startTag(
  text: string,
  at: number,
  most: number,
): { end: number; attributes: number; closed: boolean } {
  let attributes = 0;
  for (let i = at + 1; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    if (code === quote || code === apostrophe) {
      attributes += 1;
      if (attributes > most) refuse('too-large', 'attributes-of-element');
      i = text.indexOf(code === quote ? '"' : "'", i + 1);
      if (i === -1) break;
    } else if (code === greater) {
      return { end: i, attributes, closed: text.charCodeAt(i - 1) === slash };
    }
  }
  return { end: -1, attributes, closed: false };
}
