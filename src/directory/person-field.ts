import { attributeOfImmutableId, immutableIdOfGuid } from './immutable-id.js';
import type { Person } from './person.js';

const texts = ['id', 'username', 'name', 'mail', 'upn', 'locale'] as const;

/** Whether every person has the field by this name; all others are attributes that an import brought, or nobody. */
export function isOwnField(field: string): boolean {
  return field === 'groups' || texts.some((one) => one === field);
}

/** Whether the directory sees to it that no two people have the same in a field. */
export function isUnsharedField(field: string): boolean {
  return field === 'id' || field === 'username' || field === 'mail' || field === 'upn';
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
  const attribute = attributeOfImmutableId(field);
  if (attribute !== null) return immutableIds(person, attribute);
  return Object.hasOwn(person.attributes, field) ? (person.attributes[field] ?? []) : [];
}

/** What is no GUID is nothing: a wrong ImmutableID could be somebody else's. */
function immutableIds({ attributes }: Person, attribute: string): string[] {
  const wanted = attribute.toLowerCase();
  return Object.entries(attributes)
    .filter(([name]) => name.toLowerCase() === wanted)
    .flatMap(([, values]) => values.map((value) => immutableIdOfGuid(value) ?? ''));
}
