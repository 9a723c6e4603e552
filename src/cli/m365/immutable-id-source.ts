import { attributeOfImmutableId } from '../../directory/immutable-id.js';
import type { Person } from '../../directory/person.js';

/** What people call the field that is sent as ImmutableID. */
export const attributeBehind = (field: string): string => attributeOfImmutableId(field) ?? field;

/** Why there is no value in that field: none was written, or none that is a GUID. */
export function whyNoImmutableId({ attributes }: Person, field: string): string {
  const attribute = attributeOfImmutableId(field);
  if (attribute === null) return `nothing in ${field}`;
  const wanted = attribute.toLowerCase();
  const written = Object.entries(attributes)
    .filter(([name]) => name.toLowerCase() === wanted)
    .flatMap(([, values]) => values)
    .filter((value) => value !== '');
  return written.length === 0
    ? `nothing in ${attribute}`
    : `${attribute} holds ${written.join(', ')}, which is no GUID with hyphens and no base64 of 16 bytes`;
}
