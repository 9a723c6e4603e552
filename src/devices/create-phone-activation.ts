import { sql } from 'kysely';
import { sealingContext } from '../keys/sealing-context.js';
import type { Activation } from './activation.js';
import { activationState } from './activation.js';
import { activationOf } from './activation-rows.js';
import type { PhoneActivation } from './activations.js';
import { createBeginActivation, type BeginActivationDeps } from './begin-activation.js';
import type { CodeCredentials } from './code-credentials.js';
import { evaluateBlinded } from './crypto/oprf.js';
import { readPublicKey, verifySignature } from './crypto/public-key.js';
import type { Revocation } from './device-store.js';
import { deviceLimits } from './limits.js';
import type { Profile } from './profile.js';
import { fromBase64url, toBase64url } from './wire/base64url.js';
import { approvalKeyStatement } from './wire/fingerprint.js';

export interface PhoneActivationDeps extends BeginActivationDeps {
  codes: Pick<CodeCredentials, 'prepare'>;
  /** `false`: nobody gets offline codes. */
  codesAllowed: boolean;
  revocation: Pick<Revocation, 'revokeProfile'>;
  /** The phone has done its part: the page that waits for it looks again. */
  onCompleted: (activation: Activation['id']) => void;
}

export function createPhoneActivation(deps: PhoneActivationDeps): PhoneActivation {
  const { database, sealer, clock, codes } = deps;

  const find = async ({ id }: Pick<Profile, 'id'>): Promise<Activation | null> => {
    const row = await database.db
      .selectFrom('activations')
      .selectAll()
      .where('profile_id', '=', id)
      .executeTakeFirst();
    return row === undefined ? null : activationOf(row);
  };

  return {
    begin: createBeginActivation(deps),

    async evaluate(profile, blinded) {
      const sealed = await database.db
        .selectFrom('profiles')
        .select('oprf_key_sealed')
        .where('id', '=', profile.id)
        .executeTakeFirst();
      if (!sealed?.oprf_key_sealed) return { ok: false, error: 'state' };
      const key = sealer.open(sealed.oprf_key_sealed, sealingContext.oprfKey(profile.id));
      const evaluated = evaluateBlinded(key, blinded);
      if (evaluated === null) return { ok: false, error: 'point_invalid' };
      const charged = await database.db
        .updateTable('activations')
        .set((set) => ({ evaluations: set('evaluations', '+', 1) }))
        .where('profile_id', '=', profile.id)
        .where('evaluations', '<', deviceLimits.draftEvaluations)
        .where('completed_at', 'is', null)
        .where('refused_at', 'is', null)
        .where('expires_at', '>', clock.now())
        .returning('id')
        .executeTakeFirst();
      if (charged !== undefined) return { ok: true, evaluated };
      const activation = await find(profile);
      const open = activation !== null && activationState(activation, clock.now()) === 'begun';
      return { ok: false, error: open ? 'too_many' : 'state' };
    },

    async complete(profile, { approvalKey, proof, codeSecret }) {
      const deviceKey = fromBase64url(profile.deviceKey, 65);
      if (deviceKey === null || readPublicKey(approvalKey) === null) return keyInvalid;
      const statement = approvalKeyStatement(profile.activation, deviceKey, approvalKey);
      const own = toBase64url(approvalKey) === profile.deviceKey;
      if (own || !verifySignature(approvalKey, statement, proof)) return keyInvalid;
      const credential = codeSecret && deps.codesAllowed ? codes.prepare(codeSecret) : null;
      const done = await database.transaction(async (tx) => {
        const completed = await tx
          .updateTable('activations')
          .set({ completed_at: clock.now() })
          .where('profile_id', '=', profile.id)
          .where('completed_at', 'is', null)
          .where('refused_at', 'is', null)
          .where('expires_at', '>', clock.now())
          .where('evaluations', '>', sql<number>`0`)
          .returning(['id', 'expires_at'])
          .executeTakeFirst();
        if (completed === undefined) return null;
        await tx
          .updateTable('profiles')
          .set({
            approval_key: toBase64url(approvalKey),
            code_credential: credential?.id ?? null,
            code_secret_sealed: credential?.sealed ?? null,
          })
          .where('id', '=', profile.id)
          .where('revoked_at', 'is', null)
          .execute();
        return completed.expires_at;
      });
      if (done === null) return { ok: false, error: 'state' };
      deps.onCompleted(profile.activation);
      return { ok: true, expiresAt: done };
    },

    async state(profile) {
      if (profile.activatedAt !== null) return 'active';
      const activation = await find(profile);
      const state = activation && activationState(activation, clock.now());
      if (state === 'active') return 'active';
      if (state === 'begun' || state === 'completed') return 'waiting';
      // Told once; from now on the phone is told that it is revoked.
      await database.transaction((tx) =>
        deps.revocation.revokeProfile(tx, profile.id, { because: 'activation-ended' }),
      );
      return state === 'refused' ? 'refused' : 'expired';
    },
  };
}

const keyInvalid = { ok: false, error: 'key_invalid' } as const;
