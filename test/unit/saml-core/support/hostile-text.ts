import fc from 'fast-check';

/** All that XML can carry, with everything that means something to XML, and to string templates, in plenty. */
const piece = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...'<>&"\'\t\n\r;/=! {}[]$%#') },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      '</saml:AttributeValue>',
      '<saml:Attribute Name="role">',
      '<!--',
      '-->',
      ']]>',
      '<![CDATA[',
      '<?x?>',
      '&amp;',
      '&#0;',
      '&lt;',
      '{attrUserId}',
      '$&',
      'xmlns:saml="urn:x"',
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      '\u{85}',
      '\u{2028}',
      '\u{feff}',
      '\u{fffd}',
      '\u{200e}',
      '\u{d7ff}',
      '\u{e000}',
      '\u{10ffff}',
      '\u{7f}',
    ),
  },
  {
    weight: 3,
    arbitrary: fc
      .string({ unit: 'binary', minLength: 1, maxLength: 3 })
      .filter((text) =>
        /^[\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]+$/u.test(text),
      ),
  },
);

export const hostileText = fc.array(piece, { maxLength: 12 }).map((parts) => parts.join(''));
