import type { Person } from './person.js';

/** The values of a field of a person, as settings name it; `[]` where there is nothing to say. */
export function fieldValues(person: Person, field: string): readonly string[] {
  return valuesOf(person, field).filter((value) => value !== '');
}

function valuesOf(person: Person, field: string): readonly string[] {
  switch (field) {
    case 'id':
    case 'username':
    case 'name':
    case 'mail':
    case 'upn':
    case 'locale': {
      const value = person[field];
      return value === null ? [] : [value];
    }
    case 'groups':
      return person.groups;
    default:
      return Object.hasOwn(person.attributes, field) ? (person.attributes[field] ?? []) : [];
  }
}
