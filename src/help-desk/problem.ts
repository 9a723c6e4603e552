import { failureReasons, type FailureReason } from '../audit/failure-reasons.js';

/** What can go wrong here, with its status and what is said of it (RFC 9457, `title`). */
const problems = {
  request_invalid: { status: 400, title: 'The request could not be read' },
  client_token_refused: { status: 401, title: 'A valid access token is needed' },
  client_scope_missing: { status: 403, title: 'The token does not allow this' },
  person_protected: { status: 403, title: 'This person is out of reach of the API' },
  unknown_person: { status: 404, title: 'There is no such person' },
  not_found: { status: 404, title: 'There is no such thing' },
  person_disabled: { status: 409, title: 'The person is disabled' },
  no_mail_address: { status: 409, title: 'The person has no mail address' },
  no_phone_waiting: { status: 409, title: 'No phone waits to be confirmed' },
  fingerprint_differs: { status: 409, title: 'The phone shows other digits; it was refused' },
  body_too_large: { status: 413, title: 'The body is too large' },
  client_over_limit: { status: 429, title: 'Too much in too short a time' },
  internal_error: { status: 500, title: 'Something went wrong on our side' },
  overloaded: { status: 503, title: 'Too much to do at the moment' },
  service_unavailable: { status: 503, title: 'Not possible at the moment' },
} as const satisfies Partial<Record<FailureReason, { status: number; title: string }>>;

export type ProblemReason = keyof typeof problems;

export const isProblemReason = (reason: string): reason is ProblemReason =>
  Object.hasOwn(problems, reason);

/** An answer that is a refusal, thrown from wherever it is seen. */
export class HelpDeskProblem extends Error {
  readonly reason: ProblemReason;
  readonly status: number;
  /** Said in the answer; no more than whoever has the token may know. */
  readonly detail: string | null;
  /** For the audit row only. */
  readonly inside: string | null;
  readonly person: string | null;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;

  constructor(
    reason: ProblemReason,
    more: {
      status?: number;
      detail?: string;
      inside?: string;
      person?: string;
      headers?: Readonly<Record<string, string | readonly string[]>>;
    } = {},
  ) {
    super(reason);
    this.name = 'HelpDeskProblem';
    this.reason = reason;
    this.status = more.status ?? problems[reason].status;
    this.detail = more.detail ?? null;
    this.inside = more.inside ?? null;
    this.person = more.person ?? null;
    this.headers = more.headers ?? {};
  }

  /** RFC 9457; `reference` leads to the audit row. */
  body(reference: string | null): object {
    return {
      title: problems[this.reason].title,
      status: this.status,
      ...(this.detail === null ? {} : { detail: this.detail }),
      code: failureReasons[this.reason].code,
      reason: this.reason,
      ...(reference === null ? {} : { reference }),
    };
  }
}
