import type { AuditEvent } from '../audit/audit-event.js';
import { requestRefused, signInCompleted, signInFailed } from '../audit/events/sign-in-events.js';
import type { FailureReason } from '../audit/failure-reasons.js';
import type { Person, PersonId } from '../directory/person.js';
import type { FactorEvent } from '../sessions/factor-event.js';
import { browserName } from '../web/browser-name.js';
import type { SignInCircumstances } from './engine-input.js';
import type { SignInRecord } from './sign-in-record.js';

/** A sign-in ended well: inputs and rule of the decision, and the proofs it rested on. */
export function completedEvent(
  { id, request }: SignInRecord,
  person: Person,
  factors: readonly FactorEvent[],
  rule: string,
  { clientAddress, userAgent }: SignInCircumstances,
): AuditEvent {
  const { relyingParty, protocol, entry, asked, force } = request;
  return signInCompleted(
    { person: person.id, relyingParty, clientAddress },
    {
      signIn: id,
      protocol,
      entry,
      rule,
      browser: wordsFor(userAgent),
      factors,
      inputs: {
        asked_factors: asked.factors,
        asked_max_age: asked.maxAge,
        forced: force,
        groups: person.groups,
      },
    },
  );
}

/** What people know their browser by; the whole user agent is nobody's business for years. */
const wordsFor = (userAgent: string): string =>
  browserName(userAgent, (browser, system) => `${browser}, ${system}`) ?? '';

/** An answer was wrong, or the sign-in ended badly. */
export function failedEvent(
  { id, request }: SignInRecord,
  reason: FailureReason,
  { clientAddress, userAgent }: SignInCircumstances,
  more: { person: PersonId | null; data: NonNullable<AuditEvent['data']> },
): AuditEvent {
  const { relyingParty, entry } = request;
  const about = { person: more.person, relyingParty, clientAddress };
  const browser = wordsFor(userAgent);
  return signInFailed(about, reason, { signIn: id, entry, browser, ...more.data });
}

/**
 * A browser asked for a sign-in that is not its own, or not there (any more). Whose it is is not said: the browser is
 * somebody else's.
 */
export function strayEvent(
  reason: FailureReason,
  clientAddress: string,
  record: Pick<SignInRecord, 'id' | 'request'> | null,
): AuditEvent {
  const relyingParty = record?.request.relyingParty ?? null;
  const facts = record === null ? {} : { sign_in: record.id };
  return requestRefused({ relyingParty, clientAddress }, reason, { entry: 'login', ...facts });
}
