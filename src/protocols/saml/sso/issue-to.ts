import type { Directory } from '../../../directory/directory.js';
import type { Person } from '../../../directory/person.js';
import type { EvaluatePolicy } from '../../../login/evaluate-policy.js';
import type { SignInResult } from '../../../login/sign-in-result.js';
import type { Use } from '../../../login/sign-in-store.js';
import { personOf } from '../../../sessions/session-person.js';
import type { StoredSession } from '../../../sessions/session-store.js';
import type { ServedFlow } from '../issuing/answers.js';
import { issueAssertion, type Issued, type IssueDeps } from '../issuing/issue-assertion.js';
import { failureOf } from '../issuing/flow-failure.js';
import { speakingEntity } from '../issuing/speaking-entity.js';
import type { SamlEntities } from '../saml-entity.js';
import { judgeSession, type JudgedSession } from './judge-session.js';

export interface IssueToDeps extends IssueDeps {
  directory: Pick<Directory, 'find'>;
  entities: Pick<SamlEntities, 'byIssuer' | 'ofDomain'>;
  evaluatePolicy: EvaluatePolicy;
}

export interface Entrant {
  session: StoredSession;
  person: Person;
  /** The sign-in that has just given this session, with what uses it up. */
  ended: { result: Extract<SignInResult, { outcome: 'completed' }>; use: Use } | null;
  clientAddress: string;
}

export type Judged = Exclude<JudgedSession, { verdict: 'sufficient' }> | { verdict: 'gone' };

/**
 * Judges somebody and makes their assertion; once more when they were changed in between, so that what is issued rests
 * on what holds at that moment.
 * @returns the verdict, where it is not enough
 */
export async function issueTo(
  deps: IssueToDeps,
  served: ServedFlow,
  entrant: Entrant,
): Promise<Issued | Judged> {
  const { session, ended, clientAddress } = entrant;
  let person: Person | null = entrant.person;
  for (let attempt = 0; attempt < 3 && person !== null; attempt += 1) {
    const judged = judgeSession(deps.evaluatePolicy, {
      flow: served.flow,
      party: served.partner.party,
      person,
      session: session.session,
      ended: ended?.result.session === session.session.id ? ended.result : null,
      clientAddress,
      now: deps.clock.now(),
    });
    if (judged.verdict !== 'sufficient') return judged;
    const entity = speakingEntity(deps.entities, served, person);
    if ('impossible' in entity) {
      return { outcome: 'failed', failure: failureOf('assertion_impossible', entity.impossible) };
    }
    const use = ended?.use ?? null;
    const issued: Issued = await issueAssertion(deps, {
      ...served,
      entity,
      person,
      session,
      judged,
      use,
      clientAddress,
    });
    if (issued.outcome !== 'person-changed') return issued;
    person = await personOf(deps.directory, session);
  }
  return { verdict: 'gone' };
}
