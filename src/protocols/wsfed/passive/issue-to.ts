import type { Directory } from '../../../directory/directory.js';
import type { EvaluatePolicy } from '../../../login/evaluate-policy.js';
import { judgeAndIssue, type Entrant } from '../../../login/judge-and-issue.js';
import { issueToken, type Issued, type IssueDeps } from '../issuing/issue-token.js';
import { judgeSession, type JudgedSession } from './judge-session.js';
import type { ServedFlow } from './served-flow.js';

export interface IssueToDeps extends IssueDeps {
  directory: Pick<Directory, 'find'>;
  evaluatePolicy: EvaluatePolicy;
}

type Enough = Extract<JudgedSession, { verdict: 'sufficient' }>;
export type Judged = Exclude<JudgedSession, Enough> | { verdict: 'gone' };
type Final = Exclude<Issued, { outcome: 'person-changed' }>;

/** Judges somebody and makes their token, or says what is not enough. */
export function issueTo(
  deps: IssueToDeps,
  at: ServedFlow,
  entrant: Entrant,
): Promise<Final | Judged> {
  const { flow, served } = at;
  const { session, clientAddress } = entrant;
  const use = entrant.ended?.use ?? null;
  return judgeAndIssue<Enough, Exclude<JudgedSession, Enough>, Issued>(deps, entrant, {
    judge: (facts) => judgeSession(deps.evaluatePolicy, { ...facts, flow, party: served.party }),
    issue: (person, judged) =>
      issueToken(deps, { ...at, person, session, judged, use, clientAddress }),
  });
}
