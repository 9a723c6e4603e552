import type { Person } from '../../../directory/person.js';

const texts = ['id', 'username', 'name', 'mail', 'upn', 'locale'] as const;

/** Whether every person has the field by this name; all others are attributes that an import brought, or nobody. */
export function isOwnField(field: string): boolean {
  return field === 'groups' || texts.some((one) => one === field);
}

/** The values of a field of a person, as settings name it; `[]` where there is nothing to say. */
export function fieldValues(person: Person, field: string): readonly string[] {
  return valuesOf(person, field).filter((value) => value !== '');
}

function valuesOf(person: Person, field: string): readonly string[] {
  if (field === 'groups') return person.groups;
  const own = texts.find((one) => one === field);
  if (own !== undefined) {
    const value = person[own];
    return value === null ? [] : [value];
  }
  return Object.hasOwn(person.attributes, field) ? (person.attributes[field] ?? []) : [];
}
