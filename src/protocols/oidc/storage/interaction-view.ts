import { errors, type AdapterPayload } from 'oidc-provider';
import type { FailureReason } from '../../../audit/failure-reasons.js';
import { strengthOf } from '../../../sessions/strength.js';
import { requestScope } from '../request-scope.js';
import type { ModelStore } from './adapter.js';

/**
 * The library's Interaction lives inside our sign-in record or consent question: writing hands the payload to the one
 * that is about to begin, reading gives back the payload of the one that this request resumes, with its result.
 */
export const interactionView: ModelStore = {
  upsert(_id, payload) {
    // The session may be another one when the sign-in is over (a new id, or a new person): ours decides, not the copy.
    const { session: _session, ...kept } = payload;
    requestScope().interaction = kept;
    return Promise.resolve();
  },
  async find() {
    const { resumed } = requestScope();
    if (resumed === null) return undefined;
    const payload = resumed as AdapterPayload;
    await assertStillRegistered(payload);
    return { ...payload, result: resultOf(payload) };
  },
};

/**
 * The library checks where the answer goes when a request comes in; by the time it is resumed the relying party may
 * be gone, or registered with other addresses.
 * @throws InvalidClient, InvalidRedirectUri
 */
async function assertStillRegistered({ params, deviceCode }: AdapterPayload): Promise<void> {
  const { client_id: id, redirect_uri: uri } = (params ?? {}) as Record<string, string>;
  const client = await requestScope().ctx?.oidc.provider.Client.find(id ?? '');
  if (client === undefined) throw new errors.InvalidClient('client is invalid', 'it is gone');
  // A device is answered when it asks, wherever it is.
  if (deviceCode !== undefined) return;
  if (!client.redirectUriAllowed(uri ?? '')) throw new errors.InvalidRedirectUri();
}

function resultOf(payload: AdapterPayload): NonNullable<AdapterPayload['result']> {
  const { collected, consented } = requestScope();
  const earlier = payload['lastSubmission'];
  if (consented !== null) {
    return consented.length === 0
      ? { error: 'access_denied', error_description: 'consent was refused' }
      : { ...earlier, consent: {} };
  }
  if (collected === null || collected.result.outcome === 'failed') {
    const reason = collected?.result.outcome === 'failed' ? collected.result.reason : null;
    const error = (reason === null ? null : oauthErrors[reason]) ?? 'access_denied';
    return { error, error_description: 'the sign-in was not completed' };
  }
  const { person, events } = collected.result;
  const authTime = strengthOf(events).authTime ?? 0;
  const login = { accountId: person.id, ts: Math.floor(authTime / 1000) };
  return { ...earlier, login, select_account: {} };
}

/** What the relying party learns; the person has already been told more on our own page. */
const oauthErrors: Partial<Record<FailureReason, string>> = {
  subject_mismatch: 'login_required',
  strength_unreachable: 'unmet_authentication_requirements',
  no_factor_enrolled: 'unmet_authentication_requirements',
};
