import { readPrefixedId } from '../../kernel/prefixed-id.js';
import type { Clock } from '../../kernel/clock.js';
import type { Sealer } from '../../keys/sealer.js';
import type { EphemeralStore } from '../../storage/ephemeral/ephemeral-store.js';
import type { SqlDatabase } from '../../storage/sql/sql-database.js';
import { profileClaimedIn, readSignedText } from '../crypto/read-signed-text.js';
import type { Revocation } from '../device-store.js';
import type { ProfileId } from '../ids.js';
import { deviceLimits } from '../limits.js';
import { profileColumns, profileOf, type ProfileRow } from '../profile-rows.js';
import type { RequestPayload } from '../wire/request-payload.js';
import { fromBase64url } from '../wire/base64url.js';
import { judgeSeq } from './judge-seq.js';
import { readRequestPayload, requestHash } from './read-request-payload.js';
import type { IncomingRequest, RequestVerdict, SignedRequests } from './signed-request.js';
import { StoredAnswers } from './stored-answers.js';

/** How long an answer may take to make; after that whoever asks again learns that it is lost. */
const ANSWER_WITHIN_MS = 30_000;

export interface SignedRequestsDeps {
  database: SqlDatabase;
  store: EphemeralStore;
  sealer: Sealer;
  clock: Clock;
  revocation: Pick<Revocation, 'revokeProfile'>;
}

type Row = ProfileRow & {
  seq: number;
  last_request_iat: number | null;
  last_request_hash: string | null;
};

const unauthorized = { kind: 'refused', status: 401, error: 'unauthorized' } as const;
const revoked = { kind: 'refused', status: 410, error: 'revoked' } as const;

export function createSignedRequests(deps: SignedRequestsDeps): SignedRequests {
  const { database, clock, revocation } = deps;
  const answers = new StoredAnswers(deps);

  const find = (id: ProfileId): Promise<Row | undefined> =>
    database.db
      .selectFrom('profiles')
      .select([...profileColumns, 'seq', 'last_request_iat', 'last_request_hash'])
      .where('id', '=', id)
      .executeTakeFirst();

  /** Of parallel requests with one `seq` exactly one gets the row. */
  const use = (id: ProfileId, request: RequestPayload, hash: string, now: number) =>
    database.db
      .updateTable('profiles')
      .set({
        seq: request.seq,
        last_request_iat: request.iat,
        last_request_hash: hash,
        last_seen_at: now,
      })
      .where('id', '=', id)
      .where('revoked_at', 'is', null)
      .where('seq', '<', request.seq)
      .where((where) =>
        where.or([
          where('last_request_iat', 'is', null),
          where('last_request_iat', '<', request.iat),
          where('last_request_iat', '>', now + deviceLimits.requestAgeMs),
        ]),
      )
      .returning(profileColumns)
      .executeTakeFirst();

  async function retried(row: Row, hash: string, now: number): Promise<RequestVerdict> {
    const answer = await answers.find(row.id as ProfileId, hash);
    if (answer !== null) return { kind: 'retry', answer };
    const underWay = now - (row.last_seen_at ?? 0) < ANSWER_WITHIN_MS;
    return { kind: 'refused', status: 409, error: underWay ? 'in_progress' : 'answer_lost' };
  }

  async function judgeAgainst(
    row: Row,
    request: RequestPayload,
    hash: string,
    from: IncomingRequest,
  ): Promise<RequestVerdict | 'again'> {
    const now = clock.now();
    if (row.revoked_at !== null) return revoked;
    const last = { seq: row.seq, iat: row.last_request_iat, hash: row.last_request_hash };
    const latest = now + deviceLimits.requestAgeMs;
    const verdict = judgeSeq({ seq: request.seq, iat: request.iat, hash }, last, latest);
    if (verdict === 'retry') return retried(row, hash, now);
    if (Math.abs(request.iat - now) > deviceLimits.requestAgeMs) {
      return { kind: 'refused', status: 401, error: 'clock', time: now };
    }
    switch (verdict) {
      case 'iat-not-later':
        return { kind: 'refused', status: 401, error: 'clock', time: now, after: last.iat ?? 0 };
      case 'superseded':
        return { kind: 'refused', status: 409, error: 'superseded' };
      case 'clone': {
        const { clientAddress } = from;
        await database.transaction((tx) =>
          revocation.revokeProfile(tx, row.id as ProfileId, { because: 'clone', clientAddress }),
        );
        return revoked;
      }
      case 'fresh': {
        const used = await use(row.id as ProfileId, request, hash, now);
        if (used === undefined) return 'again';
        const { seq } = request;
        return { kind: 'fresh', profile: profileOf(used), seq, requestHash: hash };
      }
    }
  }

  return {
    async judge(request) {
      const { proof } = request;
      const id = readPrefixedId('prf', profileClaimedIn(proof));
      const first = id === null ? undefined : await find(id);
      if (proof === undefined || id === null || first === undefined) return unauthorized;
      const publicKey = fromBase64url(first.device_key, 65);
      const use = { use: 'request', profile: id } as const;
      const signed = publicKey && readSignedText(proof, { ...use, publicKey });
      if (signed === null) return unauthorized;
      if (first.revoked_at !== null) return revoked;
      const payload = readRequestPayload(signed.payload, request);
      if (payload === null || payload.profile !== id) return unauthorized;
      const hash = requestHash(proof);
      let row: Row | undefined = first;
      for (;;) {
        if (row === undefined) return unauthorized;
        const verdict = await judgeAgainst(row, payload, hash, request);
        if (verdict !== 'again') return verdict;
        // A parallel request won: what it left is what this one is judged by.
        row = await find(id);
      }
    },

    answered: ({ profile, requestHash: hash }, answer) => answers.keep(profile.id, hash, answer),
  };
}
