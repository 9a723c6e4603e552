import type { Request, Response } from 'express';
import type { AuditLog } from '../../../audit/audit-log.js';
import { requestRefused } from '../../../audit/events/sign-in-events.js';
import { failureReasons, shownReason, type FailureReason } from '../../../audit/failure-reasons.js';
import type { Clock } from '../../../kernel/clock.js';
import type { RandomSource } from '../../../kernel/random.js';
import { buildStatusResponse } from '../../../saml-core/build-status-response.js';
import { postFields } from '../../../saml-core/redirect-url.js';
import { sendErrorPage } from '../../../web/error-page.js';
import type { PageSender } from '../../../web/send-page.js';
import type { SamlPartner } from '../partner.js';
import type { SamlEntity } from '../saml-entity.js';
import type { AuthnFlow } from '../sso/authn-flow.js';
import type { FlowFailure } from './flow-failure.js';

export interface Exchange {
  request: Request;
  response: Response;
  clientAddress: string;
}

/** A flow with those who take part in it as they are now. */
export interface ServedFlow {
  flow: AuthnFlow;
  partner: SamlPartner;
  entity: SamlEntity;
}

export type Answers = ReturnType<typeof createAnswers>;

/** How browsers leave: with a message for the service, or with a page of ours. */
export function createAnswers(deps: {
  audit: Pick<AuditLog, 'record'>;
  clock: Clock;
  pages: PageSender;
  random: RandomSource;
}) {
  const post = ({ request, response }: Exchange, { flow, partner }: ServedFlow, xml: string) => {
    const fields = postFields('SAMLResponse', xml, flow.relayState);
    deps.pages.send(
      request,
      response,
      'login/auto-post',
      {
        action: flow.acs,
        fields: Object.entries(fields).map(([name, value]) => ({ name, value })),
        service: partner.party.name,
      },
      // The answer is not to be had a second time, so other languages of this page lead home.
      { formAction: 'anywhere', script: true, popup: true, path: '/' },
    );
  };

  const postStatus = async (
    exchange: Exchange,
    served: ServedFlow,
    failure: Pick<FlowFailure, 'status' | 'subStatus'>,
    told: { reason: FailureReason; reference: string | null } | null,
  ): Promise<void> => {
    const { flow, entity } = served;
    const { xml } = await buildStatusResponse(
      {
        issuer: entity.entityId,
        destination: flow.acs,
        inResponseTo: flow.inResponseTo,
        issueInstant: deps.clock.now(),
        status: failure.status,
        subStatus: failure.subStatus,
        message: told && messageOf(told),
      },
      entity.signingKey,
      deps.random,
    );
    post(exchange, served, xml);
  };

  return {
    /** A response with an assertion. */
    post,

    /** A status without a row of its own: a matter of course, or told already under `told.reference`. */
    postStatus,

    /** A status, and the row that tells what happened. */
    async fail(
      exchange: Exchange,
      served: ServedFlow,
      failure: FlowFailure,
      about: { entry: string; person?: string },
    ): Promise<void> {
      const { person, entry } = about;
      const { reason, detail } = failure;
      const { clientAddress } = exchange;
      const reference = await deps.audit.record(
        requestRefused({ person, relyingParty: served.flow.party, clientAddress }, reason, {
          entry,
          detail,
          status: failure.subStatus ?? failure.status,
        }),
      );
      await postStatus(exchange, served, failure, { reason, reference });
    },

    /** A page of ours, and the row that tells what happened. Nothing goes anywhere else. */
    async refuse(
      { request, response, clientAddress }: Exchange,
      reason: FailureReason,
      facts: { entry: string; relyingParty?: string | null } & Record<string, string | null>,
      retryUrl: string | null = null,
    ): Promise<void> {
      const { relyingParty, ...data } = facts;
      const reference = await deps.audit.record(
        requestRefused({ relyingParty, clientAddress }, reason, data),
      );
      sendErrorPage(deps.pages, request, response, { reason, reference, retryUrl });
    },
  };
}

/** What the people behind a service can tell ours: the code, and the reference of the row. */
function messageOf({ reason, reference }: { reason: FailureReason; reference: string | null }) {
  const { code } = failureReasons[shownReason(reason)];
  return reference === null ? code : `${code} ${reference}`;
}
