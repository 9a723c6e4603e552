import { fieldValues } from '../../../directory/person-field.js';
import type { Person } from '../../../directory/person.js';
import type { RandomSource } from '../../../kernel/random.js';
import { isXmlText } from '../../../saml-core/canonical-text.js';
import type { NameId } from '../../../saml-core/messages.js';
import { newId } from '../../../saml-core/new-id.js';
import type { NameIdKind } from '../sso/authn-flow.js';
import { nameIdFormats } from '../sso/name-id-policy.js';
import type { SamlSettings } from '../saml-settings.js';

/** How a person will be named: by a value that is known already, or by the one that is kept for this service. */
export type NameIdPlan =
  /** `field`: where it stands; `null`: nowhere, it is for this once. */
  | { how: 'known'; nameId: NameId; field: string | null }
  | { how: 'kept'; naming: (value: string) => NameId }
  /** `detail` names the field, so that an operator knows what to fill in. */
  | { how: 'impossible'; detail: string };

/** @param chosen what the request chose; `null`: the operator's choice */
export function planNameId(
  person: Person,
  chosen: NameIdKind | null,
  parties: { issuer: string; partner: string; setting: SamlSettings['name_id'] },
  random: RandomSource,
): NameIdPlan {
  const { format, from } = sourceOf(chosen, parties.setting);
  const bare = typeof parties.setting === 'object' && !parties.setting.qualified;
  const qualified = (format === 'persistent' && !bare) || format === 'transient';
  const naming = (value: string): NameId => ({
    value,
    format: nameIdFormats[format],
    nameQualifier: qualified ? parties.issuer : null,
    spNameQualifier: qualified ? parties.partner : null,
  });
  if (format === 'transient') return { how: 'known', nameId: naming(newId(random)), field: null };
  if (from === null) return { how: 'kept', naming };
  const values = fieldValues(person, from);
  const [value] = values;
  if (value === undefined) return { how: 'impossible', detail: `name-id-field-empty: ${from}` };
  if (values.length > 1) return { how: 'impossible', detail: `name-id-field-ambiguous: ${from}` };
  if (!isXmlText(value)) return { how: 'impossible', detail: `name-id-field-not-text: ${from}` };
  return { how: 'known', nameId: naming(value), field: from };
}

/** Is this the person whom a request means (SAML 2.0 core, 3.3.4)? What it leaves open may be anything. */
export function isMeant(meant: NameId, asserted: NameId): boolean {
  const agrees = (one: string | null, other: string | null) => one === null || one === other;
  return (
    meant.value === asserted.value &&
    (meant.format === nameIdFormats.unspecified || agrees(meant.format, asserted.format)) &&
    agrees(meant.nameQualifier, asserted.nameQualifier) &&
    agrees(meant.spNameQualifier, asserted.spNameQualifier)
  );
}

function sourceOf(
  chosen: NameIdKind | null,
  setting: SamlSettings['name_id'],
): { format: NameIdKind; from: string | null } {
  const own =
    typeof setting === 'string'
      ? { format: setting, from: setting === 'email' ? 'mail' : null }
      : setting;
  if (chosen === null || chosen === own.format) return own;
  return { format: chosen, from: chosen === 'email' ? 'mail' : null };
}
