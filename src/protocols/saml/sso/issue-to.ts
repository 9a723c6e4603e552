import type { Directory } from '../../../directory/directory.js';
import type { EvaluatePolicy } from '../../../login/evaluate-policy.js';
import { judgeAndIssue, type Entrant } from '../../../login/judge-and-issue.js';
import type { ServedFlow } from '../issuing/answers.js';
import { failureOf } from '../issuing/flow-failure.js';
import { issueAssertion, type Issued, type IssueDeps } from '../issuing/issue-assertion.js';
import { speakingEntity } from '../issuing/speaking-entity.js';
import type { SamlEntities } from '../saml-entity.js';
import { judgeSession, type JudgedSession } from './judge-session.js';

export interface IssueToDeps extends IssueDeps {
  directory: Pick<Directory, 'find' | 'findByAlias'>;
  entities: Pick<SamlEntities, 'byIssuer' | 'ofDomain'>;
  evaluatePolicy: EvaluatePolicy;
}

type Enough = Extract<JudgedSession, { verdict: 'sufficient' }>;
export type Judged = Exclude<JudgedSession, Enough> | { verdict: 'gone' };
type Final = Exclude<Issued, { outcome: 'person-changed' }>;

/** Judges somebody and makes their assertion, or says what is not enough. */
export function issueTo(
  deps: IssueToDeps,
  served: ServedFlow,
  entrant: Entrant,
): Promise<Final | Judged> {
  const { flow, partner } = served;
  const { session, clientAddress } = entrant;
  const use = entrant.ended?.use ?? null;
  return judgeAndIssue<Enough, Exclude<JudgedSession, Enough>, Issued>(deps, entrant, {
    judge: (facts) => judgeSession(deps.evaluatePolicy, { ...facts, flow, party: partner.party }),
    issue: async (person, judged) => {
      const entity = speakingEntity(deps.entities, served, person);
      if ('impossible' in entity) {
        return { outcome: 'failed', failure: failureOf('assertion_impossible', entity.impossible) };
      }
      const what = { ...served, entity, person, session, judged, use, clientAddress };
      return issueAssertion(deps, what);
    },
  });
}
