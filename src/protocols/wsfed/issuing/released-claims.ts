import type { Person } from '../../../directory/person.js';
import { fieldValues } from '../../../directory/person-field.js';
import { isXmlText } from '../../../saml-core/canonical-text.js';
import type { Attribute11 } from '../../../saml-core/token-11.js';
import { claimType, type WsFedSettings } from '../wsfed-settings.js';

/**
 * What the operator lets a service know of a person, and nothing else. A field without a value is no claim; a value
 * that XML cannot carry is left out.
 */
export function releasedClaims(person: Person, policy: WsFedSettings['attributes']): Attribute11[] {
  return Object.entries(policy).flatMap(([key, rule]) => {
    const type =
      typeof rule === 'string' ? claimType(key) : { namespace: rule.namespace, name: key };
    const values = fieldValues(person, typeof rule === 'string' ? rule : rule.from).filter(
      isXmlText,
    );
    return type === null || values.length === 0 ? [] : [{ ...type, values }];
  });
}
