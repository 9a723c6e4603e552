/** The attributes that Entra Connect makes an ImmutableID from. LDAP compares their names without case. */
const guidAttributes: readonly string[] = ['objectguid', 'ms-ds-consistencyguid'];

/**
 * The field of a person that is sent as their ImmutableID: of a GUID in the form that Entra Connect gives it
 * (`src/directory/immutable-id.ts`), of any other attribute as it is.
 */
export function immutableIdField(attribute: string): string {
  return guidAttributes.includes(attribute.toLowerCase()) ? `immutable-id:${attribute}` : attribute;
}
