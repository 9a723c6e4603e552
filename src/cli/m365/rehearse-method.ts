import { rehearseDiscovery } from '../../entra-twin/rehearse-external-mfa.js';
import { externalMfaRequest } from '../../entra-twin/external-mfa-request.js';
import { fieldOf } from '../../entra-twin/posted-form.js';
import { formsOf } from '../../entra-twin/html-form.js';
import type { ExternalMfaMethod, Surroundings } from '../../entra-twin/tenant.js';
import { WebBrowser, type Wire } from '../../entra-twin/web-browser.js';
import { Verdicts, type Verdict } from '../../entra-twin/verdict.js';
import { generateKeyPair } from 'jose';
import { unreachable } from './unreachable.js';

/** As `rehearsedMethod` says; a server that cannot be reached is a failed rule. */
export async function rehearseMethod(
  method: ExternalMfaMethod,
  deps: { wire: Wire; surroundings: Surroundings },
): Promise<Verdict[]> {
  try {
    return await rehearsedMethod(method, deps);
  } catch (error) {
    return [unreachable(error, 'Entra finds the provider')];
  }
}

/**
 * External MFA as far as it goes without Microsoft's keys: what we publish, and that a hint which Microsoft did not sign
 * gets no token. The rest needs the tenant.
 */
async function rehearsedMethod(
  method: ExternalMfaMethod,
  deps: { wire: Wire; surroundings: Surroundings },
): Promise<Verdict[]> {
  const { verdicts, provider } = await rehearseDiscovery(method, deps.wire);
  if (provider === null) return verdicts;
  const { privateKey } = await generateKeyPair('RS256');
  const { form } = await externalMfaRequest(
    {
      method,
      user: { objectId: '00000000-0000-4000-8000-000000000000', upn: 'nobody@invalid', name: '' },
      authorizationEndpoint: provider.authorizationEndpoint,
      key: { kid: 'rehearsal', privateKey },
      authority: 'https://login.microsoftonline.com',
    },
    deps.surroundings,
  );
  const browser = new WebBrowser(deps.wire, deps.surroundings.now);
  const page = await browser.post(form, 'https://login.microsoftonline.com');
  const forms = formsOf(page.body, page.url);
  const more = new Verdicts();
  more.expect(
    'A hint that Microsoft did not sign gets no token',
    forms.every((one) => fieldOf(one, 'id_token') === null) && page.location === null,
    null,
    'somebody who is not Microsoft can ask for second factors here',
  );
  more.skip(
    'Somebody gives a second factor',
    'only Microsoft can sign the hint: try it with a test group in the tenant',
  );
  return [...verdicts, ...more.all];
}
