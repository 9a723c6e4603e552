/** A GUID of somebody's own as a directory writes it, and the ImmutableID that Entra Connect makes of it. */
export function ownGuid(index: number): { guid: string; immutableId: string } {
  const last = index.toString(16).padStart(12, '0');
  return {
    guid: `03020100-0504-0706-0809-${last}`,
    immutableId: Buffer.from(`00010203040506070809${last}`, 'hex').toString('base64'),
  };
}
