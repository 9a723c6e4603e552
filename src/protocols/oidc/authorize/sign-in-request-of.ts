import type { KoaContextWithOIDC } from 'oidc-provider';
import type { PersonId } from '../../../directory/person.js';
import type { JsonObject, SignInRequest } from '../../../login/sign-in-request.js';
import type { RelyingParty } from '../../../relying-parties/relying-party.js';
import { isDeviceRoute } from '../device/device-routes.js';
import { acrDemands } from '../../../sessions/strength.js';

type Oidc = KoaContextWithOIDC['oidc'];

/** An authorization request in the engine's words (OpenID Connect Core 1.0, 3.1.2.1 and 5.5.1.1). */
export function signInRequestOf(
  oidc: Pick<Oidc, 'params' | 'claims' | 'entities' | 'prompts' | 'route'>,
  relyingParty: RelyingParty,
  returns: { continueAt: string; protocolState: JsonObject },
): SignInRequest {
  const acrs = askedAcrs(oidc);
  const demanded = acrs.required.length > 0 ? acrs.required : acrs.voluntary;
  return {
    relyingParty: relyingParty.id,
    protocol: 'oidc',
    entry: isDeviceRoute(oidc.route) ? 'oidc.device' : 'oidc.authorize',
    asked: {
      factors: smallestDemand(demanded),
      maxAge: maxAgeOf(oidc),
      acrs: [...acrs.required, ...acrs.voluntary],
    },
    force: oidc.prompts.has('login') || oidc.prompts.has('select_account'),
    loginHint: text(oidc.params?.['login_hint'])?.slice(0, MOST_HINT) ?? null,
    subject: subjectOf(oidc),
    priorEvidence: [],
    allowedFactors: null,
    session: 'join',
    deadline: null,
    interaction: oidc.prompts.has('none') ? 'none' : 'browser',
    uiLocales: text(oidc.params?.['ui_locales'])?.slice(0, MOST_LOCALES) ?? null,
    continueAt: returns.continueAt,
    protocolState: returns.protocolState,
  };
}

/** Context classes the request names: those it insists on, and those it would like. */
export function askedAcrs(oidc: Pick<Oidc, 'params' | 'claims'>): {
  required: string[];
  voluntary: string[];
} {
  const claim = (oidc.claims as { id_token?: { acr?: AcrClaim | null } } | undefined)?.id_token
    ?.acr;
  const named = claim?.values ?? (claim?.value === undefined ? [] : [claim.value]);
  const listed = text(oidc.params?.['acr_values'])?.split(' ').filter(Boolean) ?? [];
  return claim?.essential === true
    ? { required: named.map(String), voluntary: listed }
    : { required: [], voluntary: [...named.map(String), ...listed] };
}

interface AcrClaim {
  essential?: boolean;
  value?: string;
  values?: readonly string[];
}

/** The least that satisfies one of the classes; classes we do not know demand nothing by themselves. */
function smallestDemand(acrs: readonly string[]): 1 | 2 {
  const demands = acrs.flatMap((acr) => acrDemands[acr] ?? []);
  return demands.length > 0 && demands.every((demand) => demand === 2) ? 2 : 1;
}

function maxAgeOf(oidc: Pick<Oidc, 'params'>): number | null {
  const seconds = oidc.params?.['max_age'];
  return seconds === undefined ? null : Number(seconds) * 1000;
}

/** Who must come out of it, when the request says so by a hint or by the `sub` claim. */
function subjectOf(oidc: Pick<Oidc, 'claims' | 'entities'>): SignInRequest['subject'] {
  const claims = oidc.claims as { id_token?: { sub?: { value?: string } | null } } | undefined;
  const hinted = (oidc.entities.IdTokenHint as { payload?: { sub?: string } } | undefined)?.payload;
  const sub = claims?.id_token?.sub?.value ?? hinted?.sub;
  // Also what cannot be an id of ours is asked for: it is somebody who does not exist, and not anybody.
  return sub === undefined ? null : (sub as PersonId);
}

function text(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

const MOST_HINT = 256;
const MOST_LOCALES = 200;
