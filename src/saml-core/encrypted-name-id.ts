import { decryptElement } from './decrypt-element.js';
import { noForeignParts } from './guard.js';
import type { LoadedLibxml } from './libxml.js';
import { messageLimits, scanMarkup } from './markup-scan.js';
import { ns } from './namespaces.js';
import type { DecryptNameId } from './read-message.js';
import { refuse, Refusal } from './refusal.js';
import { readXml } from './xml-document.js';
import { xmlText } from './xml-text.js';
import { is } from './xml-tree.js';
import type { XmlTree } from './xml-tree.js';

/**
 * How the identifiers of one message are decrypted. What comes out is held to the same rules as the message around it,
 * which never saw it. Only in signed messages: else anybody could have put it there.
 *
 * Whatever fails, the answer is the same: a sender who can tell failures apart can have other people's texts read out.
 */
export function nameIdDecryption(
  loaded: LoadedLibxml,
  keys: readonly string[],
  signed: boolean,
): DecryptNameId {
  return (encrypted) => {
    if (!signed) refuse('unsigned', 'encrypted-id');
    try {
      return nameIdIn(loaded, decryptElement(encrypted, keys));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return refuse('malformed', 'not-decryptable');
    }
  };
}

function nameIdIn(loaded: LoadedLibxml, plain: Buffer): XmlTree {
  const text = xmlText(plain);
  scanMarkup(text, messageLimits);
  return readXml(loaded, text, (document) => {
    if (!is(document.tree, ns.assertion, 'NameID')) refuse('forbidden-construct', 'decrypted');
    noForeignParts(document.tree);
    document.validate();
    return document.tree;
  });
}
