import { isStorableAlias, longestAliasBytes, normaliseAlias } from './alias.js';

/** What is known of a person from outside, as typed. */
export interface PersonFields {
  username: string;
  name: string;
  mail: string | null;
  upn: string | null;
  /** Language tag (BCP 47): what mails and services are told of the person's language. */
  locale: string | null;
  groups: readonly string[];
  attributes: Readonly<Record<string, readonly string[]>>;
}

/** One thing that is wrong with a field; never contains its value. */
export interface FieldProblem {
  field: string;
  message: string;
}

/** Relying parties get these texts, and the SAML deployment profile bounds them there (SDP-G02). */
const longestText = 256;
const longestAttribute = 4096;
const longestLocale = 35;
const mostGroups = 1000;
const mostValues = 1000;

const mailShape = /^[^\s<>()[\]\\,;:"@]{1,64}@[^\s<>()\\,;:"@]{1,255}$/u;
const attributeName = /^[A-Za-z][A-Za-z0-9_.:-]{0,127}$/;

/** Everything that is wrong with them; empty when nothing is. */
export function fieldProblems(person: PersonFields): FieldProblem[] {
  return [
    ...aliasProblems('username', person.username),
    ...textProblems('name', person.name, longestText),
    ...(person.mail === null ? [] : mailProblems(person.mail)),
    ...(person.upn === null ? [] : aliasProblems('upn', person.upn)),
    ...(person.locale === null ? [] : localeProblems(person.locale)),
    ...listProblems('groups', person.groups, mostGroups, longestText),
    ...Object.entries(person.attributes).flatMap(([name, values]) =>
      attributeName.test(name)
        ? listProblems(`attributes.${name}`, values, mostValues, longestAttribute)
        : [{ field: 'attributes', message: 'has a name that is not letters, digits and _ . : -' }],
    ),
  ];
}

/** Group names are compared exactly, after NFKC. */
export function normaliseGroup(name: string): string {
  return name.normalize('NFKC').trim();
}

function aliasProblems(field: string, text: string): FieldProblem[] {
  if (text.trim() === '') return [{ field, message: 'is empty' }];
  if (text !== text.trim()) return [{ field, message: 'begins or ends with white space' }];
  if (!isPlainText(text))
    return [{ field, message: 'has a character that cannot be stored or shown' }];
  const fits =
    Buffer.byteLength(text) <= longestAliasBytes && isStorableAlias(normaliseAlias(text));
  return fits ? [] : [{ field, message: `has more than ${longestAliasBytes} bytes` }];
}

function mailProblems(mail: string): FieldProblem[] {
  const problems = aliasProblems('mail', mail);
  if (problems.length > 0 || mailShape.test(mail)) return problems;
  return [{ field: 'mail', message: 'is not a mail address' }];
}

function localeProblems(locale: string): FieldProblem[] {
  const message = 'is not a language tag such as en or sv-SE';
  if (locale.length > longestLocale) return [{ field: 'locale', message }];
  try {
    Intl.getCanonicalLocales(locale);
    return [];
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return [{ field: 'locale', message }];
  }
}

function listProblems(
  field: string,
  values: readonly string[],
  most: number,
  longest: number,
): FieldProblem[] {
  if (values.length > most) return [{ field, message: `has more than ${most} entries` }];
  return values.flatMap((value) => textProblems(field, value, longest)).slice(0, 1);
}

function textProblems(field: string, text: string, longest: number): FieldProblem[] {
  if (text.trim() === '') return [{ field, message: 'is empty' }];
  if ([...text].length > longest)
    return [{ field, message: `is longer than ${longest} characters` }];
  if (isPlainText(text)) return [];
  return [{ field, message: 'has a character that cannot be stored or shown' }];
}

/** No control characters, lone surrogates or noncharacters: databases and XML refuse them, terminals obey them. */
function isPlainText(text: string): boolean {
  return !/[\p{Cc}\p{Surrogate}\p{Noncharacter_Code_Point}]/u.test(text);
}
