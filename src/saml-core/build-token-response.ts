import { dateTime, element } from './canonical-element.js';
import { canonicalText } from './canonical-text.js';
import { ns } from './namespaces.js';
import { wireForm } from './wire-form.js';

export interface TokenResponse {
  /** A signed token, in canonical form. */
  token: string;
  /** Whom the token is for. */
  appliesTo: string;
  /** Milliseconds since the epoch. */
  created: number;
  expires: number;
}

const tokenType = 'urn:oasis:names:tc:SAML:1.0:assertion';

/**
 * The `RequestSecurityTokenResponse` of February 2005 that carries a SAML 1.1 token to a relying party of
 * WS-Federation, as AD FS writes it. Nothing of it is signed but the token: in exclusive canonical form that is the
 * same wherever it stands.
 */
export function buildTokenResponse({ token, appliesTo, created, expires }: TokenResponse): string {
  const instant = (name: string, at: number) =>
    element(`wsu:${name}`, ns.wsUtility, {}, dateTime(at));
  const address = element('wsa:Address', null, {}, canonicalText(appliesTo));
  return wireForm(
    element(
      't:RequestSecurityTokenResponse',
      ns.trust2005,
      {},
      element('t:Lifetime', null, {}, instant('Created', created), instant('Expires', expires)),
      element(
        'wsp:AppliesTo',
        ns.wsPolicy,
        {},
        element('wsa:EndpointReference', ns.wsAddressing, {}, address),
      ),
      element('t:RequestedSecurityToken', null, {}, token),
      element('t:TokenType', null, {}, tokenType),
      element('t:RequestType', null, {}, `${ns.trust2005}/Issue`),
      element('t:KeyType', null, {}, 'http://schemas.xmlsoap.org/ws/2005/05/identity/NoProofKey'),
    ),
  );
}
