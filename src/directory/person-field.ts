import { attributeOfImmutableId, immutableIdOfGuid } from './immutable-id.js';
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
    default: {
      const attribute = attributeOfImmutableId(field);
      if (attribute !== null) return immutableIds(person, attribute);
      return Object.hasOwn(person.attributes, field) ? (person.attributes[field] ?? []) : [];
    }
  }
}

/** What is no GUID is nothing: a wrong ImmutableID could be somebody else's. */
function immutableIds({ attributes }: Person, attribute: string): string[] {
  const wanted = attribute.toLowerCase();
  return Object.entries(attributes)
    .filter(([name]) => name.toLowerCase() === wanted)
    .flatMap(([, values]) => values.map((value) => immutableIdOfGuid(value) ?? ''));
}
