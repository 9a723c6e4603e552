import type { AuthnRequest } from '../../../saml-core/messages.js';
import type { SamlSettings } from '../saml-settings.js';
import type { NameIdKind } from './authn-flow.js';

/** SAML 2.0 core, 8.3. */
export const nameIdFormats: Readonly<Record<NameIdKind, string>> = {
  persistent: 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent',
  transient: 'urn:oasis:names:tc:SAML:2.0:nameid-format:transient',
  email: 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress',
  unspecified: 'urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified',
};

/** Some write the name of the format with the version of the protocol they speak. */
const alsoUnspecified = 'urn:oasis:names:tc:SAML:2.0:nameid-format:unspecified';

export type ChosenNameId = { ok: true; kind: NameIdKind | null } | { ok: false; detail: string };

/**
 * What a NameIDPolicy chooses (SAML 2.0 core, 3.4.1.1); `kind: null` leaves it to the operator. An address is given
 * only where the operator lets the service have it anyway. AllowCreate is not held against anybody: whether somebody
 * may be named at all is what operators configure.
 */
export function chosenNameId(
  policy: AuthnRequest['nameIdPolicy'],
  entityId: string,
  settings: Pick<SamlSettings, 'name_id' | 'attributes'>,
): ChosenNameId {
  if (policy === null) return { ok: true, kind: null };
  if (policy.spNameQualifier !== null && policy.spNameQualifier !== entityId) {
    return { ok: false, detail: 'sp-name-qualifier' };
  }
  switch (policy.format) {
    case null:
    case nameIdFormats.unspecified:
    case alsoUnspecified:
      return { ok: true, kind: null };
    case nameIdFormats.persistent:
      return { ok: true, kind: 'persistent' };
    case nameIdFormats.transient:
      return { ok: true, kind: 'transient' };
    case nameIdFormats.email:
      return mayHaveMail(settings)
        ? { ok: true, kind: 'email' }
        : { ok: false, detail: 'email-not-released' };
    default:
      return { ok: false, detail: 'name-id-format' };
  }
}

function mayHaveMail({ name_id, attributes }: Pick<SamlSettings, 'name_id' | 'attributes'>) {
  const chosen = typeof name_id === 'string' ? name_id : name_id.format;
  const fields = Object.values(attributes).map((one) => (typeof one === 'string' ? one : one.from));
  return chosen === 'email' || fields.includes('mail');
}
