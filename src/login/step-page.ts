import { failureView, type FailureView } from '../web/failure-view.js';
import type { PageModels } from '../web/page-models.js';
import { stepLabel, type SignInRecord } from './sign-in-record.js';

/** A template and its values for the step a sign-in waits at; `null` when it waits for nothing. */
export type StepPage =
  | { template: 'login/password'; model: PageModels['login/password'] }
  | { template: 'login/choose-method'; model: PageModels['login/choose-method'] }
  | { template: 'login/change-password'; model: PageModels['login/change-password'] }
  | { template: string; model: Readonly<Record<string, unknown>> };

export function stepPage(
  record: SignInRecord,
  facts: {
    service: string | null;
    action: string;
    csrf: string;
    forgotUrl: string;
    minLength: number;
    /** Milliseconds since the epoch, for pages that tell how much time is left. */
    now: number;
  },
): StepPage | null {
  const { step } = record;
  const failure: FailureView | null =
    record.failure && failureView(record.failure.reason, record.failure.reference);
  const form = {
    action: facts.action,
    csrf: facts.csrf,
    step: stepLabel(step),
    failure,
    service: facts.service,
    canCancel: true,
  };
  const account = record.person?.username ?? '';
  switch (step.kind) {
    case 'password':
      return {
        template: 'login/password',
        model: {
          ...form,
          username: record.typedUsername ?? record.request.loginHint ?? account,
          forgotUrl: facts.forgotUrl,
        },
      };
    case 'change-password':
      return {
        template: 'login/change-password',
        model: { ...form, username: account, minLength: facts.minLength },
      };
    case 'choose-factor':
      return {
        template: 'login/choose-method',
        model: { ...form, methods: offered(record).map((factor) => ({ factor, label: null })) },
      };
    case 'factor':
    case 'enrol':
      return {
        template: step.prompt.view.template,
        model: {
          ...step.prompt.view.model,
          ...form,
          account,
          now: facts.now,
          alternatives: step.kind === 'enrol' ? (step.others ?? []) : otherFactors(record, step),
        },
      };
    case 'ended':
      return null;
  }
}

function otherFactors(record: SignInRecord, { factor }: { factor: string }): string[] {
  return offered(record).filter((other) => other !== factor);
}

function offered(record: SignInRecord): string[] {
  return (record.enrolled ?? [])
    .filter((entry) => entry.offered !== false)
    .map((entry) => entry.factor);
}
