import type { Person } from '../../../directory/person.js';
import { isXmlText } from '../../../saml-core/canonical-text.js';
import type { OutgoingAttribute } from '../../../saml-core/outgoing.js';
import type { SamlSettings } from '../saml-settings.js';
import { fieldValues } from './person-field.js';

const nameFormat = (name: string) => `urn:oasis:names:tc:SAML:2.0:attrname-format:${name}`;

/**
 * What the operator lets a service know of a person, and nothing else. A field without a value is no attribute; a
 * value that XML cannot carry is left out.
 */
export function releasedAttributes(
  person: Person,
  policy: SamlSettings['attributes'],
): OutgoingAttribute[] {
  return Object.entries(policy).flatMap(([name, written]) => {
    const rule =
      typeof written === 'string' ? { from: written, name_format: 'basic' as const } : written;
    const values = fieldValues(person, rule.from).filter(isXmlText);
    if (values.length === 0) return [];
    const friendlyName = ('friendly_name' in rule ? rule.friendly_name : undefined) ?? null;
    return [{ name, nameFormat: nameFormat(rule.name_format), friendlyName, values }];
  });
}
