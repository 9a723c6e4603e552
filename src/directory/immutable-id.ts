/**
 * What Entra Connect writes as a user's onPremisesImmutableId: the bytes of a GUID as Windows keeps them (the first
 * three groups with their lowest byte first), in base64.
 */

/**
 * How settings name the ImmutableID made of an attribute: `immutable-id:objectGUID`.
 * @returns the attribute; `null` for every other field
 */
export function attributeOfImmutableId(field: string): string | null {
  const prefix = 'immutable-id:';
  return field.startsWith(prefix) ? field.slice(prefix.length) : null;
}

/**
 * The ImmutableID of a GUID as people and programs write it: with hyphens, in braces or not, or already in base64 as a
 * directory gives its sixteen bytes. `null` for anything else; 32 digits without hyphens too, because they are written
 * in either order of bytes.
 */
export function immutableIdOfGuid(written: string): string | null {
  const text = written.trim();
  const bare = /^\{.*\}$/.test(text) ? text.slice(1, -1) : text;
  if (/^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i.test(bare)) return base64OfGuid(bare);
  const bytes = Buffer.from(text, 'base64');
  return bytes.length === 16 && bytes.toString('base64') === text ? text : null;
}

/** The GUID that an ImmutableID stands for, in lower case; `null` when it stands for none. */
export function guidOfImmutableId(immutableId: string): string | null {
  const bytes = Buffer.from(immutableId, 'base64');
  if (bytes.length !== 16 || bytes.toString('base64') !== immutableId) return null;
  const hex = swapped(bytes).toString('hex');
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    hex.slice(12, 16),
    hex.slice(16, 20),
    hex.slice(20),
  ].join('-');
}

function base64OfGuid(guid: string): string {
  return swapped(Buffer.from(guid.replaceAll('-', ''), 'hex')).toString('base64');
}

/** From the order in which a GUID is written to that in which Windows keeps it, and back. */
function swapped(bytes: Buffer): Buffer {
  const order = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15];
  return Buffer.from(order.map((at) => bytes[at] ?? 0));
}
