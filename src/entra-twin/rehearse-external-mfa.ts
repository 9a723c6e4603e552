import { importPKCS8 } from 'jose';
import { externalMfaRequest, type ExternalMfaUser } from './external-mfa-request.js';
import { judgeDiscovery, type FetchedDocument, type Provider } from './judge-discovery.js';
import { judgeExternalMfa } from './judge-external-mfa.js';
import type { MicrosoftFace, TwinKey } from './microsoft-face.js';
import { notReached } from './rehearse-federation.js';
import { signInByPerson, type Arrival, type Credentials } from './sign-in-by-person.js';
import type { ExternalMfaMethod, Surroundings } from './tenant.js';
import type { Verdict } from './verdict.js';
import { WebBrowser, type Page, type Wire } from './web-browser.js';

export interface ExternalMfaDeps {
  wire: Wire;
  surroundings: Surroundings;
  key: TwinKey;
  face: Pick<MicrosoftFace, 'authority' | 'hintKid'>;
  /** What Entra asks for; all that it accepts when left out. */
  amr?: readonly string[];
  /** Goes through the pages; somebody who types what they know when left out. */
  walk?: (browser: WebBrowser, page: Page) => Promise<Arrival>;
}

/** Reads what the provider publishes. */
export function rehearseDiscovery(
  method: ExternalMfaMethod,
  wire: Wire,
): Promise<{ verdicts: Verdict[]; provider: Provider | null }> {
  const fetchDocument = async (url: string): Promise<FetchedDocument> =>
    wire.request(new URL(url), {
      method: 'GET',
      headers: { accept: 'application/json' },
      body: null,
    });
  const { hostname } = new URL(method.discoveryUrl);
  const insecure = hostname === 'localhost' || hostname === '127.0.0.1';
  return judgeDiscovery(method, fetchDocument, insecure);
}

/** Has somebody give their second factor as Entra would and judges the answer. */
export async function rehearseExternalMfa(
  person: { user: ExternalMfaUser; credentials: Credentials },
  method: ExternalMfaMethod,
  provider: Provider,
  deps: ExternalMfaDeps,
): Promise<Verdict[]> {
  const { surroundings, face, amr } = deps;
  const walk =
    deps.walk ??
    ((from, first) =>
      signInByPerson(from, first, person.credentials, {
        now: surroundings.now,
        origin: new URL(method.discoveryUrl).origin,
      }));
  const browser = new WebBrowser(deps.wire, surroundings.now);
  const request = await externalMfaRequest(
    {
      method,
      user: person.user,
      authorizationEndpoint: provider.authorizationEndpoint,
      key: { kid: face.hintKid, privateKey: await importPKCS8(deps.key.privateKey, 'RS256') },
      authority: face.authority,
      ...(amr === undefined ? {} : { amr }),
    },
    surroundings,
  );
  const page = await browser.post(request.form, 'https://login.microsoftonline.com');
  const arrival = await walk(browser, page);
  if (arrival.kind === 'stopped') return [notReached(arrival.at)];
  return judgeExternalMfa(arrival.form, request, {
    now: surroundings.now(),
    issuer: provider.issuer,
    clientId: method.clientId,
    keys: provider.keys,
  });
}
