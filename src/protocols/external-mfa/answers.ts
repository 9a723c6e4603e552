import type { Request, Response } from 'express';
import type { AuditLog } from '../../audit/audit-log.js';
import { requestRefused } from '../../audit/events/sign-in-events.js';
import { failureReasons, shownReason, type FailureReason } from '../../audit/failure-reasons.js';
import { DependencyUnavailable, Overloaded } from '../../kernel/errors.js';
import { sendErrorPage } from '../../web/error-page.js';
import type { PageSender } from '../../web/send-page.js';

export interface Exchange {
  request: Request;
  response: Response;
  clientAddress: string;
}

/** Where an answer goes; both were checked before. */
export interface Destination {
  redirectUri: string;
  state: string | null;
  /** Shown while the browser moves on. */
  service: string | null;
}

/** OAuth 2.0, 4.1.2.1. */
export type PostedError =
  'access_denied' | 'invalid_request' | 'server_error' | 'temporarily_unavailable';

export type Answers = ReturnType<typeof createAnswers>;

/** How browsers leave: with a form for Entra, or with a page of ours. */
export function createAnswers(deps: {
  audit: Pick<AuditLog, 'record'>;
  pages: PageSender;
  /** Told of a store that does not answer: the person sees Entra's page instead of ours. */
  noticed: (error: unknown) => void;
}) {
  const post = (
    { request, response }: Exchange,
    { redirectUri, state, service }: Destination,
    fields: Readonly<Record<string, string>>,
  ): void => {
    const all = { ...fields, ...(state === null ? {} : { state }) };
    deps.pages.send(
      request,
      response,
      'login/auto-post',
      {
        action: redirectUri,
        fields: Object.entries(all).map(([name, value]) => ({ name, value })),
        service,
      },
      // The answer is not to be had a second time, so other languages of this page lead home.
      { formAction: 'anywhere', script: true, popup: true, path: '/' },
    );
  };

  /** An error whose row is written already. */
  const postError = (
    exchange: Exchange,
    to: Destination,
    error: PostedError,
    told: { reason: FailureReason; reference: string | null },
  ): void => {
    const { code } = failureReasons[shownReason(told.reason)];
    const description = told.reference === null ? code : `${code} ${told.reference}`;
    post(exchange, to, { error, error_description: description });
  };

  return {
    postToken(exchange: Exchange, to: Destination, idToken: string): void {
      post(exchange, to, { id_token: idToken });
    },

    postError,

    /**
     * Does the work; when a store does not answer, so that it cannot be done, Entra is told to try again. The work must
     * not have answered before it throws.
     */
    async orUnavailable(
      exchange: Exchange,
      to: Destination,
      work: () => Promise<void>,
    ): Promise<void> {
      try {
        await work();
      } catch (error) {
        if (!(error instanceof DependencyUnavailable || error instanceof Overloaded)) throw error;
        deps.noticed(error);
        const reason = error instanceof Overloaded ? 'overloaded' : 'service_unavailable';
        postError(exchange, to, 'temporarily_unavailable', { reason, reference: null });
      }
    },

    /** An error, and the row that tells what happened. */
    async fail(
      exchange: Exchange,
      to: Destination,
      error: PostedError,
      about: {
        reason: FailureReason;
        detail: string;
        entry: string;
        relyingParty: string;
        person?: string | null;
      },
    ): Promise<void> {
      const { reason, detail, entry, relyingParty, person } = about;
      const { clientAddress } = exchange;
      const event = requestRefused({ person, relyingParty, clientAddress }, reason, {
        entry,
        detail,
        error,
      });
      const reference = await deps.audit.record(event);
      postError(exchange, to, error, { reason, reference });
    },

    /** A page of ours, and the row. Nothing goes anywhere else. */
    async refuse(
      { request, response, clientAddress }: Exchange,
      reason: FailureReason,
      facts: { entry: string; relyingParty?: string | null; detail?: string },
    ): Promise<void> {
      const { relyingParty, ...data } = facts;
      const about = { relyingParty, clientAddress };
      const reference = await deps.audit.record(requestRefused(about, reason, data));
      sendErrorPage(deps.pages, request, response, { reason, reference });
    },
  };
}
