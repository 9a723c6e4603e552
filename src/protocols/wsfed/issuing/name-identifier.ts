import type { Person } from '../../../directory/person.js';
import { fieldValues } from '../../../directory/person-field.js';
import { isXmlText } from '../../../saml-core/canonical-text.js';
import type { WsFedSettings } from '../wsfed-settings.js';

/** How a person will be named: by a value that is known already, or by the one that is kept for this service. */
export type NamePlan =
  | { how: 'known'; value: string; field: string; format: string }
  | { how: 'kept'; format: string }
  /** `detail` names the field, so that an operator knows what to fill in. */
  | { how: 'impossible'; detail: string };

const formats = {
  persistent: 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent',
  email: 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress',
  unspecified: 'urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified',
} as const;

export function planName(person: Person, setting: WsFedSettings['name_id']): NamePlan {
  if (setting === 'persistent') return { how: 'kept', format: formats.persistent };
  const { format, from } = setting === 'email' ? { format: setting, from: 'mail' } : setting;
  const values = fieldValues(person, from);
  const [value] = values;
  if (value === undefined) return { how: 'impossible', detail: `name-id-field-empty: ${from}` };
  if (values.length > 1) return { how: 'impossible', detail: `name-id-field-ambiguous: ${from}` };
  if (!isXmlText(value)) return { how: 'impossible', detail: `name-id-field-not-text: ${from}` };
  return { how: 'known', value, field: from, format: formats[format] };
}
