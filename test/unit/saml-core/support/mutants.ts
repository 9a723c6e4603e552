import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

/** A copy of one source file that is weaker in one place. */
export interface Mutant {
  name: string;
  path: string;
  text: string;
  /** Of the refusal that is switched off, where it is written there. */
  detail: string | null;
}

export const source = join(dirname(fileURLToPath(import.meta.url)), '../../../..', 'src/saml-core');

/** All that messages pass through on their way in. */
export const files = [
  'algorithms.ts',
  'base64.ts',
  'decrypt-element.ts',
  'distinct-ids.ts',
  'encrypted-name-id.ts',
  'enveloped-signature.ts',
  'guard.ts',
  'markup-scan.ts',
  'partner-keys.ts',
  'receive-message.ts',
  'redirect-query.ts',
  'signed-info.ts',
  'xml-document.ts',
  'xml-text.ts',
];

export const textOf = (file: string): string => readFileSync(join(source, file), 'utf8');

/** Each `refuse(…)` made to do nothing. */
export function withoutRefusals(file: string): Mutant[] {
  const text = textOf(file);
  const calls = [...text.matchAll(/\brefuse\(\s*'[a-z-]+',\s*([^)]*?),?\s*\)/g)];
  return calls.map((call) => {
    const before = text.slice(0, call.index);
    const after = text.slice(call.index + 'refuse('.length);
    const line = before.split('\n').length;
    const detail = /^'([^']+)'$/.exec(call[1] ?? '')?.[1] ?? null;
    return {
      name: `${file}:${line} ${detail ?? ''}`.trim(),
      path: join(source, file),
      text: `const spare = (..._: unknown[]): any => undefined;\n${before}spare(${after}`,
      detail,
    };
  });
}

/** Where several things lead to one refusal: each of them alone no longer looked at. */
export function withoutAlternatives(file: string): Mutant[] {
  const text = textOf(file);
  const tree = ts.createSourceFile(file, text, ts.ScriptTarget.ESNext, true);
  const found: Mutant[] = [];
  visit(tree);
  return found;

  function visit(node: ts.Node): void {
    if (ts.isIfStatement(node)) {
      const parts = alternatives(node.expression);
      if (parts.length > 1) {
        for (const part of parts) {
          found.push(edited(file, part.getText(), part.getStart(), part.getEnd(), 'false'));
        }
      }
    }
    ts.forEachChild(node, visit);
  }
}

function alternatives(condition: ts.Expression): ts.Expression[] {
  if (ts.isParenthesizedExpression(condition)) return alternatives(condition.expression);
  if (!ts.isBinaryExpression(condition)) return [condition];
  const { operatorToken, left, right } = condition;
  if (operatorToken.kind === ts.SyntaxKind.BarBarToken) {
    return [...alternatives(left), ...alternatives(right)];
  }
  // An `a && (b || c)` refuses less when b or c is gone.
  const nested = [left, right].filter(
    (one) => ts.isParenthesizedExpression(one) && alternatives(one).length > 1,
  );
  return nested.length > 0 ? nested.flatMap(alternatives) : [condition];
}

/** What is safe by the way it is written, not by a refusal: written in a way that is not. */
export function loosened(): Mutant[] {
  return loose.map(([file, from, to]) => {
    const text = textOf(file);
    const at = text.indexOf(from);
    if (at === -1 || text.includes(from, at + 1)) throw new Error(`not once in ${file}: ${from}`);
    return edited(file, from, at, at + from.length, to);
  });
}

function edited(file: string, what: string, start: number, end: number, by: string): Mutant {
  const text = textOf(file);
  const line = text.slice(0, start).split('\n').length;
  return {
    name: `${file}:${line} ${what.replaceAll(/\s+/g, ' ')} → ${by}`,
    path: join(source, file),
    text: text.slice(0, start) + by + text.slice(end),
    detail: null,
  };
}

const loose: readonly (readonly [string, string, string])[] = [
  [
    'algorithms.ts',
    '[`${xmldsig}rsa-sha1`',
    '[`${more}hmac-sha256`, { hash: "sha256", keyType: "rsa" }],\n[`${xmldsig}rsa-sha1`',
  ],
  ['base64.ts', '/^[A-Za-z0-9+/]*={0,2}$/', '/^[A-Za-z0-9+/ -]*={0,2}$/'],
  [
    'decrypt-element.ts',
    '[`${ns.encryption11}aes128-gcm`',
    "[`${ns.encryption}aes256-cbc`, { name: 'aes-256-gcm', keyBytes: 32 }],\n[`${ns.encryption11}aes128-gcm`",
  ],
  ['decrypt-element.ts', 'if (fits && plain !== null)', 'if (plain !== null)'],
  ['decrypt-element.ts', 'const mostKeys = 4;', 'const mostKeys = 400;'],
  [
    'decrypt-element.ts',
    'if (method === null) return null;',
    "if (method === null) return 'sha1';",
  ],
  ['decrypt-element.ts', "return hash === 'sha1' ? hash : null;", "return 'sha1';"],
  [
    'decrypt-element.ts',
    'if (hash === undefined) return null;',
    "if (hash === undefined) return 'sha1';",
  ],
  ['decrypt-element.ts', 'rsa-oaep`) return null;', 'rsa-oaep`) return hash;'],
  ['decrypt-element.ts', 'mgf1${hash}` ? hash : null;', 'mgf1${hash}` ? hash : hash;'],
  ['distinct-ids.ts', 'name.toLowerCase()', 'name'],
  ['distinct-ids.ts', 'value.trim()', 'value'],
  ['encrypted-name-id.ts', 'scanMarkup(text, messageLimits);', ''],
  ['encrypted-name-id.ts', 'document.validate();', ''],
  ['encrypted-name-id.ts', 'noForeignParts(document.tree);', ''],
  ['encrypted-name-id.ts', "return refuse('malformed', 'not-decryptable');", 'throw error;'],
  ['guard.ts', 'noForeignParts(root);\n  distinctIds', 'distinctIds'],
  ['guard.ts', 'distinctIds(root);', ''],
  ['guard.ts', 'document.validate();', ''],
  ['guard.ts', '|Response|Query)|ArtifactResolve', '|Response)|ArtifactResolve'],
  ['guard.ts', '(?:Encrypted)?Assertion$', 'Assertion$'],
  ['guard.ts', '|^Advice$', ''],
  [
    'guard.ts',
    '[ns.protocol, ns.assertion, ns.signature, ns.encryption]',
    '[ns.protocol, ns.signature, ns.encryption]',
  ],
  ['guard.ts', 'ns.assertion, ns.signature, ns.encryption]', 'ns.assertion, ns.signature]'],
  ['guard.ts', 'ns.signature, ns.encryption]', 'ns.encryption]'],
  ['guard.ts', 'const longestEntityId = 1024;', 'const longestEntityId = 10240;'],
  ['guard.ts', 'const longestId = 256;', 'const longestId = 2560;'],
  ['markup-scan.ts', 'bytes: 256 * 1024', 'bytes: 4096 * 1024'],
  ['markup-scan.ts', 'depth: 32', 'depth: 320'],
  ['markup-scan.ts', 'elements: 2_000', 'elements: 20_000'],
  ['markup-scan.ts', 'attributesPerElement: 32', 'attributesPerElement: 20_000'],
  ['markup-scan.ts', 'attributes: 2_000', 'attributes: 20_000'],
  ['markup-scan.ts', "comments: 'refused',\n};", "comments: 'allowed',\n};"],
  ['partner-keys.ts', "'prime256v1', 'secp384r1'", "'secp256k1', 'prime256v1', 'secp384r1'"],
  ['partner-keys.ts', '>= 2048', '>= 1024'],
  ['receive-message.ts', "if (type === 'AuthnRequest') return", 'return'],
  ['receive-message.ts', "type !== 'LogoutRequest' || partner.unsignedLogout !== true", 'false'],
  ['receive-message.ts', ' || partner.unsignedLogout !== true', ''],
  ['receive-message.ts', "type !== 'LogoutRequest' || ", ''],
  ['receive-message.ts', 'scanMarkup(text, messageLimits);', ''],
  ['receive-message.ts', 'partner?.entityId !== issuer', 'partner === null'],
  ['receive-message.ts', 'const longestRelayState = 4096;', 'const longestRelayState = 40960;'],
  ['receive-message.ts', 'Buffer.byteLength(relayState)', 'relayState.length'],
  ['redirect-query.ts', '{ maxOutputLength: limit }', '{}'],
  ['redirect-query.ts', "[parameter, 'RelayState', 'SigAlg']", "[parameter, 'SigAlg']"],
  [
    'redirect-query.ts',
    '`${name}=${raw.get(name)}`',
    '`${name}=${encodeURIComponent(decode(raw.get(name) ?? ""))}`',
  ],
  ['signed-info.ts', 'const mostElements = 16;', 'const mostElements = 160;'],
  ['signed-info.ts', 'const mostPrefixes = 20;', 'const mostPrefixes = 200;'],
  ['xml-document.ts', 'Math.max(1024 * 1024, text.length * 4)', '1024 * 1024 * 1024'],
  ['xml-text.ts', 'fatal: true', 'fatal: false'],
  ['xml-text.ts', '|&#(?:x0*feff|0*65279);', ''],
  ['xml-text.ts', '/iu', '/u'],
];
