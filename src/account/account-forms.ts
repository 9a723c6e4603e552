import type { FailureView } from '../web/failure-view.js';
import { assertCsrfToken, csrfToken, formPurpose } from '../web/csrf.js';
import type { FormModel } from '../web/page-models.js';
import type { Session } from '../sessions/session.js';

/** What a form's token is good for, within one session. The forms of the account's first page share one. */
export type AccountForm =
  'account' | 'password' | 'choose-factor' | 'enrol' | 'recovery-codes' | 'add-phone';

/** The values that every form of a page has. */
export function formModel(
  of: { session: Pick<Session, 'id'>; browserSecret: string },
  form: AccountForm,
  action: string,
  failure: FailureView | null = null,
): FormModel {
  const csrf = csrfToken(of.browserSecret, formPurpose(of.session.id, form));
  return { action, csrf, step: form, failure };
}

/** @throws FormRefused 403 */
export function assertOwnForm(
  of: { session: Pick<Session, 'id'>; browserSecret: string | null },
  form: AccountForm,
  fields: Readonly<Record<string, string>>,
): void {
  assertCsrfToken(of.browserSecret, formPurpose(of.session.id, form), fields['csrf']);
}
