import { approvalKeyStatement } from '../../../devices/wire/fingerprint.js';
import { toBase64url } from '../../../devices/wire/base64url.js';
import {
  apiPaths,
  type BeginAnswer,
  type BeginRequest,
  type CompleteAnswer,
  type CompleteRequest,
  type EvaluateAnswer,
} from '../../wire.js';
import { approvalPublicKey, signWithApprovalKey } from '../crypto/derive.js';
import { createDeviceKeys, type DeviceKeys } from '../crypto/device-keys.js';
import { withApprovalKey, withCodeSecret, withPin, type Stretch } from '../pin/pin-keys.js';
import type { ProfileStore } from '../profiles/profile-store.js';
import type { StoredProfile } from '../profiles/stored-profile.js';
import {
  fetchOnce,
  readReply,
  type Fetch,
  type OutgoingRequest,
  type Reply,
} from '../requests/exchange.js';
import { RequestFailed } from '../requests/request-failed.js';
import { offsetFrom } from '../requests/server-time.js';
import type { SignedRequests } from '../requests/signed-requests.js';

/** `docs/authenticator-protocol.md`, section 7. */
export interface ActivationDeps {
  requests: SignedRequests;
  store: Pick<ProfileStore, 'add' | 'change'>;
  fetch: Fetch;
  now: () => number;
  wait: (ms: number) => Promise<void>;
  absolute: (path: string) => string;
  stretch: Stretch;
}

/** Keys that a code was used with: a second secret typed wrongly is tried again with the same ones. */
export interface BegunKeys {
  code: string;
  keys: DeviceKeys;
}

export const keysFor = async (code: string, before: BegunKeys | null): Promise<BegunKeys> =>
  before?.code === code ? before : { code, keys: await createDeviceKeys() };

/** Step 1: uses the code up and keeps the new profile. @throws RequestFailed */
export async function beginActivation(
  deps: ActivationDeps,
  begun: BegunKeys,
  device: BeginRequest['device'],
  secondSecret: string | null,
): Promise<StoredProfile> {
  const body: BeginRequest = {
    code: begun.code,
    ...(secondSecret === null ? {} : { secondSecret }),
    deviceKey: toBase64url(begun.keys.publicKey),
    device,
  };
  const request = {
    method: 'POST',
    url: deps.absolute(apiPaths.begin),
    headers: { accept: 'application/json', 'content-type': 'application/json' },
    body: JSON.stringify(body),
  };
  const { reply, offset } = await persist(deps, request);
  if (reply.error !== null) throw new RequestFailed(reply.error, reply.retryAfterMs);
  const answer = reply.body as BeginAnswer;
  const profile = newProfile(answer, begun.keys, offset, deps.now());
  await deps.store.add(profile);
  return profile;
}

/** The identical body may be sent again as long as its answer has not come. */
async function persist(
  deps: ActivationDeps,
  request: OutgoingRequest,
): Promise<{ reply: Reply; offset: number }> {
  for (let tries = 1; ; tries += 1) {
    const sent = deps.now();
    try {
      const reply = await readReply(
        await fetchOnce(deps.fetch, request, AbortSignal.timeout(10_000)),
      );
      const time = (reply.body as { time?: number } | null)?.time ?? sent;
      return { reply, offset: offsetFrom(time, sent, deps.now()) };
    } catch {
      if (tries === 4) throw new RequestFailed(null);
      await deps.wait(400 * tries);
    }
  }
}

function newProfile(
  answer: BeginAnswer,
  keys: DeviceKeys,
  offset: number,
  createdAt: number,
): StoredProfile {
  const { activation, person, organisation, pushKey, expiresAt } = answer;
  return {
    id: answer.profile,
    stage: 'pin',
    salt: crypto.getRandomValues(new Uint8Array(16)),
    ...keys,
    seq: 0,
    lastIat: 0,
    offset,
    person: { name: person.name, username: person.username },
    organisation,
    name: '',
    codes: 'disabled',
    locked: false,
    pushKey,
    notify: false,
    draft: { activation, codesAllowed: answer.codes === 'allowed', expiresAt },
    createdAt,
  };
}

/** Steps 2 and 3: from the PIN to the keys that the server knows. @throws RequestFailed @throws ProfileGone */
export async function completeActivation(
  deps: ActivationDeps,
  profile: StoredProfile,
  chosen: { pin: string; codes: boolean },
): Promise<void> {
  const { draft } = profile;
  if (draft === null) return;
  const codes = chosen.codes && draft.codesAllowed;
  const post = <T>(path: string, body: object) =>
    deps.requests.send<T>(profile.id, {
      method: 'POST',
      path,
      body: () => body,
      patienceMs: 15_000,
    });
  const evaluate = (body: object) => post<EvaluateAnswer>(apiPaths.evaluateActivation, body);
  await withPin(deps.stretch, profile, chosen.pin, async (x) => {
    const codeSecret = codes ? await withCodeSecret(x, toBase64url) : null;
    await withApprovalKey(x, evaluate, async (key) => {
      const approvalKey = approvalPublicKey(key);
      const statement = approvalKeyStatement(draft.activation, profile.publicKey, approvalKey);
      const body: CompleteRequest = {
        approvalKey: toBase64url(approvalKey),
        proof: toBase64url(signWithApprovalKey(key, statement)),
        ...(codeSecret === null ? {} : { codeSecret }),
      };
      const { expiresAt } = await post<CompleteAnswer>(apiPaths.complete, body);
      await deps.store.change(profile.id, () => ({
        stage: 'waiting',
        codes: codes ? 'enabled' : 'disabled',
        draft: { ...draft, expiresAt },
      }));
    });
  });
}
