import type { NameId } from '../../../saml-core/messages.js';
import type { SamlSettings } from '../saml-settings.js';
import { nameIdFormats } from './name-id-policy.js';

/**
 * The name that a Subject of Entra has for somebody where it is not the ImmutableID that they are asserted by: a UPN, with a
 * format that promises nothing else. It cannot be told apart from a name that is not known here, so that one means nobody.
 * @returns `null` for every other Subject and every other service: it has to be that of the assertion
 */
export function nameOfSomebody(
  subject: NameId | null,
  { profile }: Pick<SamlSettings, 'profile'>,
): string | null {
  if (subject === null || profile === undefined || !subject.value.includes('@')) return null;
  const { format } = subject;
  const isOpen =
    format === null || format === nameIdFormats.unspecified || format === nameIdFormats.email;
  return isOpen ? subject.value : null;
}
