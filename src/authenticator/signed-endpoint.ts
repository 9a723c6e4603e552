import type { Request, Response } from 'express';
import type { PublicUrl } from '../config/public-url.js';
import { profileState, type Profile, type ProfileState } from '../devices/profile.js';
import type { SignedRequests, StoredAnswer } from '../devices/signed-request/signed-request.js';
import { requestHeaderName } from '../devices/wire/request-payload.js';
import { jsonAnswer, refusalAnswer, sendAnswer } from './api-answers.js';
import { ApiRefusal, readBody } from './api-request.js';

/** A request that its profile's device has signed and that is carried out this once. */
export interface SignedCall {
  profile: Profile;
  seq: number;
  body: Buffer;
  clientAddress: string;
  /** Of the path. */
  id: string;
}

export interface SignedEndpointDeps {
  requests: SignedRequests;
  publicUrl: PublicUrl;
  clientAddress: (request: Request) => string;
}

const whenGone = jsonAnswer({ error: 'answer_lost' }, 409);

/**
 * Judges the request, makes the answer, keeps it for an identical retry, and sends it. `null` from `judge`: the answer has
 * been sent.
 */
export function createSignedEndpoint(deps: SignedEndpointDeps) {
  const { requests, publicUrl, clientAddress } = deps;

  const judge = async (request: Request, response: Response) => {
    const body = await readBody(request);
    const verdict = await requests.judge({
      proof: request.get(requestHeaderName),
      method: request.method,
      url: publicUrl.absolute(request.path),
      body,
      clientAddress: clientAddress(request),
    });
    if (verdict.kind === 'retry') {
      sendAnswer(response, verdict.answer);
      return null;
    }
    if (verdict.kind === 'refused') {
      const { kind: _, status: __, error, ...more } = verdict;
      throw new ApiRefusal(error, more, error === 'in_progress' ? 1_000 : null);
    }
    const { id = '' } = request.params;
    const call: SignedCall = {
      profile: verdict.profile,
      seq: verdict.seq,
      body,
      clientAddress: clientAddress(request),
      id: String(id),
    };
    return { verdict, call };
  };

  const endpoint =
    (allowed: readonly ProfileState[], work: (call: SignedCall) => Promise<StoredAnswer>) =>
    async (request: Request, response: Response): Promise<void> => {
      const judged = await judge(request, response);
      if (judged === null) return;
      const { verdict, call } = judged;
      let answer: StoredAnswer;
      try {
        if (!allowed.includes(profileState(call.profile))) throw new ApiRefusal('state');
        answer = await work(call);
      } catch (error) {
        if (!(error instanceof ApiRefusal)) {
          // Nothing was decided; the phone is to ask anew and not to wait for an answer that will not come.
          await requests.answered(verdict, whenGone).catch(() => {});
          throw error;
        }
        await requests.answered(verdict, refusalAnswer(error));
        throw error;
      }
      await requests.answered(verdict, answer);
      sendAnswer(response, answer);
    };

  return {
    judge,
    endpoint,
    markUnanswerable: (verdict: FreshVerdict) => requests.answered(verdict, whenGone),
  };
}

type FreshVerdict = Parameters<SignedRequests['answered']>[0];
export type SignedEndpoint = ReturnType<typeof createSignedEndpoint>;
