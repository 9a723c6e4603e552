/** The ways a message can come in by (SAML 2.0 bindings, 3.4 and 3.5). */
export type Inbound =
  | { binding: 'post'; fields: Record<string, string> }
  | { binding: 'redirect'; query: Record<string, string>; rawQuery: string };

export function fieldsOf(inbound: Inbound): Readonly<Record<string, string | undefined>> {
  return inbound.binding === 'post' ? inbound.fields : inbound.query;
}
