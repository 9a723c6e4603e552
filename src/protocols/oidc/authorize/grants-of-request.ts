import type { Grant, KoaContextWithOIDC } from 'oidc-provider';
import type { PersonId } from '../../../directory/person.js';
import type { RelyingParty } from '../../../relying-parties/relying-party.js';
import { requestScope } from '../request-scope.js';
import { askedResourceScopes, grantResourceScopes } from '../resources/resource-scopes.js';
import { credentialsMissingIn } from '../storage/grant-store.js';
import { coveredClaims } from './asked-scopes.js';
import type { Judge } from './interaction-policy.js';
import type { Consents } from './consents.js';

/**
 * What is already granted when a request comes in. A first party is granted what it asks for, without a page; a third
 * party what its person has agreed to, now or before, and the library asks for the rest.
 */
export function createGrantLoader(deps: {
  consents: Consents;
  judge: Judge;
  relyingPartyOf: (ctx: KoaContextWithOIDC) => RelyingParty;
}): (ctx: KoaContextWithOIDC) => Promise<Grant | undefined> {
  return async (ctx) => {
    const { oidc } = ctx;
    const { person, consented } = requestScope();
    // Nothing is granted to a request that has to stop at the sign-in anyway.
    if (oidc.client === undefined || person === null || deps.judge(ctx) === null) return undefined;
    const relyingParty = deps.relyingPartyOf(ctx);
    const { clientId } = oidc.client;
    const asked = [...oidc.requestParamOIDCScopes];
    const grantId = oidc.session?.grantIdFor(clientId);
    const current = grantId === undefined ? undefined : await oidc.provider.Grant.find(grantId);
    const allowed = relyingParty.thirdParty
      ? await allowedScopes(deps.consents, person.id, clientId, consented, oidc)
      : [...asked, ...askedResourceScopes(oidc)];
    // What a code is issued for ends with whatever the session rests on by now, a phone that came after the grant included.
    const restsOnMore = grantId !== undefined && credentialsMissingIn(grantId).length > 0;
    if (allowed.length === 0) {
      if (restsOnMore) await current?.save();
      return current;
    }

    const grant = current ?? new oidc.provider.Grant({ accountId: person.id, clientId });
    const held = new Set(grant.getOIDCScopeEncountered().split(' '));
    const claims = relyingParty.thirdParty
      ? coveredClaims(oidc, allowed)
      : [...oidc.requestParamClaims];
    const heldClaims = new Set(grant.getOIDCClaimsEncountered());
    const added = asked.filter((scope) => allowed.includes(scope) && !held.has(scope));
    const addedClaims = claims.filter((claim) => !heldClaims.has(claim));
    const addedAtResources = grantResourceScopes(grant, oidc, allowed);
    const changes = restsOnMore || addedAtResources || added.length > 0 || addedClaims.length > 0;
    if (current !== undefined && !changes) return current;
    if (added.length > 0) grant.addOIDCScope(added.join(' '));
    if (addedClaims.length > 0) grant.addOIDCClaims(addedClaims);
    await grant.save();
    return grant;
  };
}

async function allowedScopes(
  consents: Consents,
  person: PersonId,
  clientId: string,
  consented: readonly string[] | null,
  oidc: KoaContextWithOIDC['oidc'],
): Promise<readonly string[]> {
  if (consented !== null) return consented;
  // `prompt=consent` asks again, whatever was agreed before.
  if (oidc.prompts.has('consent')) return [];
  return consents.remembered(person, clientId);
}
