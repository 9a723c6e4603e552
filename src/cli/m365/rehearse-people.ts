import { inParallel } from '../../entra-twin/in-parallel.js';
import {
  bringAnswer,
  type FederationAttempt,
  type FederationDeps,
} from '../../entra-twin/rehearse-federation.js';
import type { Credentials } from '../../entra-twin/sign-in-by-person.js';
import type { FederatedDomain, TenantUser } from '../../entra-twin/tenant.js';
import { WebBrowser } from '../../entra-twin/web-browser.js';
import type { Verdict } from '../../entra-twin/verdict.js';
import type { FederationProtocol } from './our-federation.js';
import { unreachable } from './unreachable.js';
import type { RehearsedRow } from './verdict-lines.js';

export interface PersonToRehearse {
  user: TenantUser;
  credentials: Credentials;
  /** The person's domain, by each protocol that is rehearsed; the first one signs in, the others find the session. */
  domains: readonly FederatedDomain[];
}

/** What everybody is asked: the form that Entra sends today. */
const usual: Readonly<Record<FederationProtocol, FederationAttempt>> = {
  saml: { protocol: 'saml', form: 'unsigned-2024', multiFactor: false, fresh: false },
  wsFed: { protocol: 'wsFed', form: 'plain' },
};

/** What else was recorded, and can be asked of somebody with a session without another code. */
const further: Readonly<Record<FederationProtocol, readonly FederationAttempt[]>> = {
  saml: [
    { protocol: 'saml', form: 'minimal-2021', multiFactor: false, fresh: false },
    { protocol: 'saml', form: 'indexed-2016', multiFactor: false, fresh: false },
  ],
  wsFed: [{ protocol: 'wsFed', form: 'step-up' }],
};

/**
 * Signs everybody in, several at once; who has arrived makes room for the next, and signatures are verified meanwhile. Somebody
 * who does not get through is a row like any other. The first one is asked in every form that was recorded.
 */
export async function rehearsePeople(
  people: readonly PersonToRehearse[],
  width: number,
  deps: Omit<FederationDeps, 'key'>,
): Promise<RehearsedRow[]> {
  const rows = await inParallel(people, width, async (person, index) => {
    const browser = new WebBrowser(deps.wire, deps.surroundings.now);
    const done: Judging[] = [];
    for (const { attempt, domain, first } of attemptsOf(person, index === 0)) {
      const { user, credentials } = person;
      const who = { domain, user, credentials, browser, watched: first };
      const how = nameOf(attempt);
      done.push({ person: user.upn, how, answer: await answerOf(who, attempt, deps) });
    }
    const judged = Promise.all(
      done.map(async ({ answer, ...row }) => ({ ...row, verdicts: await answer.judge() })),
    );
    // Waited for at the end; until then a failure is nobody's.
    judged.catch(() => {});
    return { judged };
  });
  return (await Promise.all(rows.map(({ judged }) => judged))).flat();
}

interface Judging extends Pick<RehearsedRow, 'person' | 'how'> {
  answer: { judge(): Promise<Verdict[]> };
}

function attemptsOf({ domains }: PersonToRehearse, all: boolean) {
  return domains.flatMap((domain, nth) => {
    const more = all ? further[domain.protocol] : [];
    return [usual[domain.protocol], ...more].map((attempt, number) => ({
      attempt,
      domain,
      first: nth === 0 && number === 0,
    }));
  });
}

async function answerOf(
  person: Parameters<typeof bringAnswer>[0],
  attempt: FederationAttempt,
  deps: Omit<FederationDeps, 'key'>,
): Promise<{ judge(): Promise<Verdict[]> }> {
  try {
    return await bringAnswer(person, attempt, { ...deps, key: null });
  } catch (error) {
    const verdict = unreachable(error, 'The person gets back to Entra');
    return { judge: () => Promise.resolve([verdict]) };
  }
}

const nameOf = (attempt: FederationAttempt): string =>
  `${attempt.protocol === 'saml' ? 'SAML' : 'WS-Fed'} ${attempt.form}`;
