import type * as NodeSaml from '@node-saml/node-saml';
import type { DemoService } from '../../demo-service.js';
import { samlAddresses } from '../../saml-demo-service.js';
import { readIdentityProvider } from './read-identity-provider.js';
import { sessionIndexes } from './session-indexes.js';
import type { ServiceFetch } from '../fetch-trusting.js';
import { NotBelieved } from '../not-believed.js';
import type { Inbound } from './inbound.js';
import type { SamlPerson } from './saml-person.js';
import { personOf } from './saml-person.js';
import type { ServiceKey } from './service-key.js';

/** How a sign-in ended, as far as it can be believed. */
export type Answer = { signedIn: true; person: SamlPerson } | { signedIn: false; status: string };

/** A message about a logout, as it came in. */
export type LogoutMessage =
  | { kind: 'response' }
  | {
      kind: 'request';
      profile: NodeSaml.Profile;
      /** Those that end; empty: all of this person. */
      sessionIndexes: readonly string[];
    };

/** A service's side of SAML, as any service written with node-saml would have it. */
export interface ServiceProvider {
  /** @param again the person is asked for everything once more */
  signInUrl(relayState: string, again: boolean): Promise<string>;
  /** @throws NotBelieved */
  answer(fields: Record<string, string>): Promise<Answer>;
  /** Asks for the end of the session, here and everywhere. */
  signOutUrl(person: SamlPerson): Promise<string>;
  /** @throws NotBelieved */
  logoutMessage(inbound: Inbound): Promise<LogoutMessage>;
  /** Says that somebody was signed out here, because that was asked for. */
  signedOutUrl(request: NodeSaml.Profile, relayState: string): Promise<string>;
}

/** Loads node-saml and reads Drawbridge's metadata: at first use, because a start of the demo needs neither. */
export async function createServiceProvider(
  issuer: string,
  siteUrl: string,
  service: DemoService,
  key: ServiceKey,
  fetch: ServiceFetch,
): Promise<ServiceProvider> {
  const [{ default: library }, drawbridge] = await Promise.all([
    import('@node-saml/node-saml'),
    readIdentityProvider(`${issuer}/saml/metadata`, fetch),
  ]);
  const { SAML, SamlStatusError, ValidateInResponseTo } = library;
  const { entityId, consumer } = samlAddresses(siteUrl, service);
  const options: NodeSaml.SamlConfig = {
    issuer: entityId,
    callbackUrl: consumer,
    entryPoint: drawbridge.signOn,
    logoutUrl: drawbridge.logout,
    idpIssuer: drawbridge.entityId,
    idpCert: drawbridge.certificates,
    audience: entityId,
    privateKey: key.privateKey,
    publicCert: key.certificate,
    signatureAlgorithm: 'sha256',
    digestAlgorithm: 'sha256',
    identifierFormat: null,
    disableRequestedAuthnContext: true,
    validateInResponseTo: ValidateInResponseTo.always,
  };
  const usual = new SAML(options);
  // All have to know what was asked, whichever asked it.
  const { cacheProvider } = usual;
  const fromScratch = new SAML({ ...options, cacheProvider, forceAuthn: true });
  // Of a logout by POST the library does not see what it answers to, and takes that for missing.
  const logout = new SAML({
    ...options,
    cacheProvider,
    validateInResponseTo: ValidateInResponseTo.ifPresent,
  });

  return {
    signInUrl: (relayState, again) =>
      (again ? fromScratch : usual).getAuthorizeUrlAsync(relayState, undefined, {}),
    async answer(fields) {
      try {
        const { profile } = await usual.validatePostResponseAsync(fields);
        if (profile === null) return { signedIn: false, status: 'nobody is signed in' };
        return { signedIn: true, person: personOf(profile) };
      } catch (error) {
        if (!(error instanceof SamlStatusError)) throw new NotBelieved(error);
        return { signedIn: false, status: error.message };
      }
    },
    signOutUrl: (person) => logout.getLogoutUrlAsync(person.profile, '', {}),
    async logoutMessage(inbound) {
      const { profile } = await read(logout, inbound).catch((error: unknown) => {
        throw new NotBelieved(error);
      });
      if (profile === null) return { kind: 'response' };
      return { kind: 'request', profile, sessionIndexes: await sessionIndexes(inbound) };
    },
    signedOutUrl: (request, relayState) =>
      logout.getLogoutResponseUrlAsync(request, relayState, {}, true),
  };
}

async function read(
  saml: NodeSaml.SAML,
  inbound: Inbound,
): Promise<{ profile: NodeSaml.Profile | null }> {
  if (inbound.binding === 'redirect') {
    // The library takes a message without a signature.
    if (inbound.query['Signature'] === undefined) throw new Error('logout without a signature');
    return saml.validateRedirectAsync(inbound.query, inbound.rawQuery);
  }
  const { fields } = inbound;
  return fields['SAMLRequest'] === undefined
    ? saml.validatePostResponseAsync(fields)
    : saml.validatePostRequestAsync(fields);
}
