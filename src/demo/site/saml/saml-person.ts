import type { Profile } from '@node-saml/node-saml';

/** What the service was told about somebody who signed in to it. */
export interface SamlPerson {
  /** As the library read it; for the logout. */
  profile: Profile;
  nameId: string;
  sessionIndex: string;
  attributes: Readonly<Record<string, readonly string[]>>;
  contextClass: string | null;
  /** Milliseconds since the epoch. */
  authnInstant: number | null;
}

export function personOf(profile: Profile): SamlPerson {
  const statement = first(path(profile.getAssertion?.(), 'Assertion', 'AuthnStatement'));
  const context = first(path(first(path(statement, 'AuthnContext')), 'AuthnContextClassRef'));
  const instant = text(path(statement, '$', 'AuthnInstant'));
  return {
    profile,
    nameId: profile.nameID,
    sessionIndex: profile.sessionIndex ?? '',
    attributes: attributesOf(profile),
    contextClass: text(context) ?? text(path(context, '_')),
    authnInstant: instant === null ? null : Date.parse(instant),
  };
}

function attributesOf(profile: Profile): SamlPerson['attributes'] {
  const read = profile['attributes'];
  if (typeof read !== 'object' || read === null) return {};
  return Object.fromEntries(
    Object.entries(read).map(([name, value]) => {
      const values: unknown[] = Array.isArray(value) ? value : [value];
      return [name, values.filter((one) => typeof one === 'string')];
    }),
  );
}

/** The library's objects are XML without types: elements are lists, attributes are under `$`, text is `_`. */
function path(from: unknown, ...names: string[]): unknown {
  return names.reduce<unknown>(
    (at, name) =>
      typeof at === 'object' && at !== null ? (at as Record<string, unknown>)[name] : undefined,
    from,
  );
}

const first = (value: unknown): unknown => (Array.isArray(value) ? value[0] : value);
const text = (value: unknown): string | null => (typeof value === 'string' ? value : null);
