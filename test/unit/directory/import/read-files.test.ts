import { describe, expect, test } from '@jest/globals';
import { readCsvRecords } from '../../../../src/directory/import/read-csv.js';
import { readYamlRecords } from '../../../../src/directory/import/read-yaml.js';

describe('people in YAML', () => {
  test('every field, as it stands', () => {
    const { records, problems } = readYamlRecords(`
- username: anna
  name: Anna Ek
  mail: anna@example.org
  upn: anna@corp.example
  groups: [staff, "0042"]
  attributes: { objectGUID: b1, phone: ["+46 1", "2"], }
  password_hash: $2b$10$abc
  totp_secret: JBSWY3DP
- { username: 007, name: no, mail: ~, upn: null, groups: , attributes: }
`);
    expect(problems).toEqual([]);
    expect(records).toEqual([
      {
        line: 2,
        username: 'anna',
        name: 'Anna Ek',
        mail: 'anna@example.org',
        upn: 'anna@corp.example',
        groups: ['staff', '0042'],
        attributes: { objectGUID: ['b1'], phone: ['+46 1', '2'] },
        passwordHash: '$2b$10$abc',
        totpSecret: 'JBSWY3DP',
      },
      { line: 10, username: '007', name: 'no' },
    ]);
  });

  test.each([
    ['username: anna', 1, 'the file is not a list of people'],
    ['', 1, 'the file is not a list of people'],
    ['- just text', 1, 'is not a person with fields'],
    ['- username: a\n  name: b\n  shoe_size: 43', 3, 'shoe_size is not a known field'],
    ['- username: a\n  name: [b]', 2, 'name is not a text'],
    ['- username: a\n  groups: staff', 2, 'groups is not a list of texts'],
    ['- username: a\n  groups: [[x]]', 2, 'groups is not a list of texts'],
    ['- username: a\n  attributes: [x]', 2, 'attributes is not a set of named values'],
    [
      '- username: a\n  attributes: { x: { y: z } }',
      2,
      'attributes has a value that is no text or list',
    ],
    ['- username: a\n  username: b', 2, 'is not valid YAML (DUPLICATE_KEY)'],
    ['- &a { username: x }\n- *a', 2, 'is not a person with fields'],
    ['- <<: { username: x }\n  name: y', 1, 'has an unknown field'],
  ])('%j is refused', (text, line, message) => {
    expect(readYamlRecords(text).problems).toContainEqual({ line, message });
  });

  test('all problems are told at once', () => {
    const { problems } = readYamlRecords('- { x: 1 }\n- { username: a, name: b }\n- { y: 2 }\n- z');
    expect(problems.map(({ line }) => line)).toEqual([1, 3, 4]);
  });
});

describe('people in CSV', () => {
  test('every column, with quotes and a byte order mark', () => {
    const { records, problems } = readCsvRecords(
      '\ufeffusername,name,mail,upn,groups,password_hash,totp_secret,attribute.phone,attribute.note\r\n' +
        'anna,"Ek, ""Anna""",anna@example.org,,staff; admins,$2b$10$abc,JBSW,+46 (8) 12-3,"two\r\nlines"\r\n' +
        '\r\n' +
        'bo,Bo,,,,,,,\r\n',
    );
    expect(problems).toEqual([]);
    expect(records).toEqual([
      {
        line: 2,
        username: 'anna',
        name: 'Ek, "Anna"',
        mail: 'anna@example.org',
        groups: ['staff', 'admins'],
        passwordHash: '$2b$10$abc',
        totpSecret: 'JBSW',
        attributes: { phone: ['+46 (8) 12-3'], note: ['two\r\nlines'] },
      },
      expect.objectContaining({ username: 'bo', name: 'Bo' }),
    ]);
  });

  test.each([
    ['username,mail\n', 1, 'the column name is missing'],
    ['username,name,name\n', 1, 'column 3 has the name of another'],
    ['username,name,secret\n', 1, 'column 3 has an unknown name'],
    ['username,name\na,b,c\n', 2, 'has 3 cells for 2 columns'],
    ['username,name\na,b\n=cmd|calc,c\n', 3, 'username begins like a formula'],
    ['username,name\na,+b\n', 2, 'name begins like a formula'],
    ['username,name\na,-b\n', 2, 'name begins like a formula'],
    ['username,name,mail\na,b,@sum\n', 2, 'mail begins like a formula'],
    ['username,name,groups\na,b,x; =y\n', 2, 'groups begins like a formula'],
    ['username,name,attribute.x\na,b,+1+cmd\n', 2, 'attribute.x begins like a formula'],
    ['username,name\na,"b\n', 2, 'is not valid CSV (CSV_QUOTE_NOT_CLOSED)'],
  ])('%j is refused', (text, line, message) => {
    const { problems } = readCsvRecords(text);
    expect(problems.map((problem) => problem.message)).toContain(message);
    if (!message.includes('valid CSV')) expect(problems).toContainEqual({ line, message });
  });

  test('more people than a file may hold', () => {
    const { records, problems } = readCsvRecords(`username,name\n${'a,b\n'.repeat(100_001)}`);
    expect(records).toEqual([]);
    expect(problems).toHaveLength(1);
  });
});
