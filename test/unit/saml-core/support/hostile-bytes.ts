import { deflateRawSync } from 'node:zlib';
import { authnRequest, deflated, logoutRequest, post, redirect } from './genuine.js';
import type { HostileMessage } from './hostile-message.js';

const request = authnRequest();
const utf16 = Buffer.from(`\u{feff}<?xml version="1.0" encoding="UTF-16"?>${request}`, 'utf16le');

/** One element inside another. */
function nested(depth: number): string {
  return '<x:a xmlns:x="urn:x">'.concat('<x:a>'.repeat(depth - 1), '</x:a>'.repeat(depth));
}

function withExtensions(content: string): string {
  return authnRequest({ content: `<samlp:Extensions>${content}</samlp:Extensions>` });
}

const manyAttributes = Array.from({ length: 10_000 }, (_, i) => `a${i}=""`).join(' ');
const doctype = '<!DOCTYPE a [<!ENTITY x "y">]>';
const laughs = `<!DOCTYPE l [<!ENTITY a "ha">${Array.from({ length: 9 }, (_, i) => `<!ENTITY ${String.fromCharCode(98 + i)} "${`&${String.fromCharCode(97 + i)};`.repeat(10)}">`).join('')}]>`;

const open = { mustSign: false };

function posted(name: string, xml: string | Buffer, refusal: string): HostileMessage {
  return { name, inbound: post(xml), refusal, partner: open };
}

function queried(name: string, rawQuery: string, refusal: string): HostileMessage {
  return { name, inbound: redirect(rawQuery), refusal, partner: open };
}

const good = `SAMLRequest=${encodeURIComponent(deflated(request))}`;
const bytes = (text: string) => encodeURIComponent(Buffer.from(text, 'latin1').toString('base64'));

/** What is wrong with the bytes, before anybody asks who signed them. */
export const hostileBytes: readonly HostileMessage[] = [
  posted('byte order mark', `\u{feff}${request}`, 'malformed byte-order-mark'),
  posted(
    'zero-width space before a name',
    logoutRequest({ nameId: '\u{feff}admin' }),
    'malformed byte-order-mark',
  ),
  posted(
    'the same as a reference',
    logoutRequest({ nameId: '&#x0FeFf;admin' }),
    'malformed byte-order-mark',
  ),
  posted(
    'the same in decimal',
    logoutRequest({ nameId: '&#065279;admin' }),
    'malformed byte-order-mark',
  ),
  posted('UTF-16', utf16, 'malformed encoding'),
  posted('UTF-16 without a mark', utf16.subarray(2), 'malformed encoding'),
  posted('UTF-7', `<?xml version="1.0" encoding="UTF-7"?>${request}`, 'malformed encoding'),
  posted('Latin-1', `<?xml version="1.0" encoding="ISO-8859-1"?>${request}`, 'malformed encoding'),
  posted(
    'bytes that are no UTF-8',
    Buffer.from(request.replace('sp.', 'sp\u{ff}.'), 'latin1'),
    'malformed encoding',
  ),
  posted('XML 1.1', `<?xml version="1.1"?>${request}`, 'malformed xml-declaration'),
  posted('not XML', 'hello', 'malformed not-well-formed'),
  posted('nothing but white space', ' ', 'malformed not-well-formed'),
  posted('two roots', `${request}${request}`, 'malformed not-well-formed'),
  posted('DOCTYPE', `${doctype}${request}`, 'forbidden-construct doctype'),
  posted(
    'DOCTYPE with an external entity',
    `<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>${request.replace('/metadata', '&x;')}`,
    'forbidden-construct doctype',
  ),
  posted(
    'billion laughs',
    `${laughs}${request.replace('/metadata', '&j;')}`,
    'forbidden-construct doctype',
  ),
  posted(
    'a control character as a reference',
    logoutRequest({ nameId: 'a&#1;' }),
    'malformed not-well-formed',
  ),
  posted('NUL as a reference', logoutRequest({ nameId: 'a&#0;' }), 'malformed not-well-formed'),
  posted('NUL', logoutRequest({ nameId: 'a\0' }), 'malformed encoding'),
  posted(
    'half a surrogate pair as a reference',
    logoutRequest({ nameId: '&#xd800;' }),
    'malformed not-well-formed',
  ),
  posted(
    'no character as a reference',
    logoutRequest({ nameId: '&#xffff;' }),
    'malformed not-well-formed',
  ),
  posted(
    'overlong UTF-8',
    Buffer.from(request.replace('sp.', '\u{c0}\u{ae}'), 'latin1'),
    'malformed encoding',
  ),
  posted(
    'UTF-32',
    Buffer.from([...request].flatMap((c) => [0, 0, 0, c.charCodeAt(0)])),
    'malformed encoding',
  ),
  posted(
    'a declaration behind white space',
    ` <?xml version="1.0"?>${request}`,
    'forbidden-construct processing-instruction',
  ),
  posted(
    'two declarations',
    `<?xml version="1.0"?><?xml version="1.0" encoding="UTF-7"?>${request}`,
    'forbidden-construct processing-instruction',
  ),
  posted('a prefix that is not declared', withExtensions('<q:a/>'), 'malformed not-well-formed'),
  posted(
    'an attribute twice',
    authnRequest({ attributes: 'ID="_two"' }),
    'malformed not-well-formed',
  ),
  posted(
    'an attribute twice under two prefixes',
    withExtensions('<x:a xmlns:x="urn:x" xmlns:y="urn:x" x:b="1" y:b="2"/>'),
    'malformed not-well-formed',
  ),
  posted(
    'a prefix that is taken back',
    withExtensions('<x:a xmlns:x="urn:x" xmlns:saml=""><saml:NameID/></x:a>'),
    'malformed not-well-formed',
  ),
  posted(
    'the prefix xml for something else',
    withExtensions('<x:a xmlns:x="urn:x" xmlns:xml="urn:y"/>'),
    'malformed not-well-formed',
  ),
  posted(
    'the namespace of xml under another prefix',
    withExtensions('<x:a xmlns:x="http://www.w3.org/XML/1998/namespace" x:id="_genuine"/>'),
    'malformed not-well-formed',
  ),
  posted(
    'a name with two colons',
    withExtensions('<x:a:b xmlns:x="urn:x"/>'),
    'malformed not-well-formed',
  ),
  posted('unknown entity', request.replace('/metadata', '&x;'), 'malformed not-well-formed'),
  posted(
    'comment in the issuer',
    request.replace('/metadata', '/meta<!-- -->data'),
    'forbidden-construct comment',
  ),
  posted(
    'comment in a NameID',
    logoutRequest({ nameId: 'admin@x<!-- -->.evil' }),
    'forbidden-construct comment',
  ),
  posted(
    'CDATA in a NameID',
    logoutRequest({ nameId: 'admin<![CDATA[@x]]>' }),
    'forbidden-construct cdata',
  ),
  posted(
    'processing instruction in a NameID',
    logoutRequest({ nameId: 'admin@x<?a?>.evil' }),
    'forbidden-construct processing-instruction',
  ),
  posted('comment behind the root', `${request}<!-- -->`, 'forbidden-construct comment'),
  posted('depth', withExtensions(nested(40)), 'too-large depth'),
  posted('depth of ten thousand', nested(10_000), 'too-large depth'),
  posted(
    'elements',
    withExtensions(`<x:g xmlns:x="urn:x">${'<x:a/>'.repeat(2_100)}</x:g>`),
    'too-large elements',
  ),
  posted(
    'attributes of one element',
    request.replace(' ID=', ` ${manyAttributes} ID=`),
    'too-large attributes-of-element',
  ),
  posted(
    'attributes of one element, in apostrophes',
    request.replace(' ID=', ` ${manyAttributes.replaceAll('"', "'")} ID=`),
    'too-large attributes-of-element',
  ),
  posted(
    'attributes of all elements',
    withExtensions('<x:a xmlns:x="urn:x" b="" c=""/>'.repeat(700)),
    'too-large attributes',
  ),
  posted(
    'more than 256 KiB',
    request.replace('/metadata', 'x'.repeat(256 * 1024)),
    'too-large message',
  ),
  {
    name: 'more than 256 KiB, before it is decoded',
    inbound: { binding: 'post', fields: { SAMLRequest: 'A'.repeat(400_000) } },
    refusal: 'too-large encoded-message',
  },
  {
    name: 'broken base64',
    inbound: { binding: 'post', fields: { SAMLRequest: 'PHg-' } },
    refusal: 'malformed base64',
  },
  {
    name: 'base64 without its end',
    inbound: { binding: 'post', fields: { SAMLRequest: 'PHg' } },
    refusal: 'malformed base64',
  },
  {
    name: 'empty message',
    inbound: { binding: 'post', fields: { SAMLRequest: '' } },
    refusal: 'malformed base64',
  },
  { name: 'no message', inbound: { binding: 'post', fields: {} }, refusal: 'malformed no-message' },
  {
    name: 'request and response in one form',
    inbound: { binding: 'post', fields: { SAMLRequest: 'AAAA', SAMLResponse: 'AAAA' } },
    refusal: 'malformed request-and-response',
  },
  {
    name: 'RelayState of more than 4 kB',
    inbound: post(request, 'SAMLRequest', 'ü'.repeat(2049)),
    refusal: 'too-large relay-state',
  },
  queried(
    'RelayState of more than 4 kB by Redirect',
    `${good}&RelayState=${'x'.repeat(4097)}`,
    'too-large relay-state',
  ),
  posted('deflate bomb in a form', deflateRawSync(Buffer.alloc(30_000_000)), 'too-large inflated'),
  queried(
    'deflate bomb',
    `SAMLRequest=${encodeURIComponent(deflateRawSync(Buffer.alloc(30_000_000)).toString('base64'))}`,
    'too-large inflated',
  ),
  queried(
    'deflate bomb that begins like a message',
    `SAMLRequest=${encodeURIComponent(deflateRawSync(`${request}${' '.repeat(30_000_000)}`).toString('base64'))}`,
    'too-large inflated',
  ),
  queried('long query', `SAMLRequest=${'A'.repeat(300_000)}`, 'too-large message'),
  queried('not deflated', `SAMLRequest=${bytes('\u{ff}\u{ff}\u{ff}')}`, 'malformed deflate'),
  queried(
    'cut off',
    `SAMLRequest=${encodeURIComponent(deflateRawSync(request).subarray(0, 90).toString('base64'))}`,
    'malformed deflate',
  ),
  queried('broken base64 by Redirect', 'SAMLRequest=a%20bc', 'malformed base64'),
  queried('repeated parameter', `${good}&${good}`, 'malformed repeated-parameter'),
  queried(
    'repeated RelayState',
    `${good}&RelayState=a&RelayState=b`,
    'malformed repeated-parameter',
  ),
  queried('encoded parameter name', good.replace('S', '%53'), 'malformed encoded-parameter-name'),
  queried(
    'encoded second spelling',
    `${good}&%53AMLRequest=AAAA`,
    'malformed encoded-parameter-name',
  ),
  queried(
    'request and response in one query',
    `${good}&SAMLResponse=AAAA`,
    'malformed request-and-response',
  ),
  queried('empty query', '', 'malformed no-message'),
  queried('other encoding', `${good}&SAMLEncoding=urn:x`, 'malformed saml-encoding'),
  queried(
    'bytes that no query holds',
    `${good}&RelayState=\u{c3}\u{a9}`,
    'malformed query-characters',
  ),
  queried(
    'a query that goes on behind a line',
    `${good}\r\n&RelayState=a`,
    'malformed query-characters',
  ),
  queried('semicolons between parameters', `${good};RelayState=a`, 'malformed base64'),
  queried('a plus that was not encoded', 'SAMLRequest=ab+/', 'malformed base64'),
  queried('a name nobody can decode', `${good}&%zz=a`, 'malformed percent-encoding'),
  queried('RelayState that is no UTF-8', `${good}&RelayState=%c3%28`, 'malformed percent-encoding'),
  queried('broken percent encoding', `${good}&RelayState=%zz`, 'malformed percent-encoding'),
];
