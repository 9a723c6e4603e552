import type { Request } from 'express';
import type { PublicUrl } from '../../../config/public-url.js';
import type { Directory } from '../../../directory/directory.js';
import type { Person } from '../../../directory/person.js';
import { newPrefixedId } from '../../../kernel/prefixed-id.js';
import type { Circumstances } from '../../../login/circumstances.js';
import { meansSomebodyElse } from '../../../login/means-somebody-else.js';
import type { SignIns } from '../../../login/sign-ins.js';
import { personOf } from '../../../sessions/session-person.js';
import type { StoredSession } from '../../../sessions/session-store.js';
import type { BrowserSecrets } from '../../../web/browser-secret.js';
import type { Answers, Exchange } from '../issuing/answers.js';
import { issuerOfPerson } from '../issuing/issuer-of-person.js';
import { issueTo, type IssueToDeps } from './issue-to.js';
import type { ServedFlow } from './served-flow.js';
import { ENTRY, signInRequestOf } from './sign-in-request-of.js';

export interface EnterDeps extends IssueToDeps {
  directory: Pick<Directory, 'find' | 'findByAlias'>;
  answers: Answers;
  browserSecrets: BrowserSecrets;
  circumstances: Circumstances;
  currentSession: (request: Request) => Promise<StoredSession | null>;
  publicUrl: PublicUrl;
  signIns: SignIns;
}

/** Lets somebody in by the session they have, if it is enough and they are meant; otherwise they are asked. */
export async function enterParty(
  deps: EnterDeps,
  exchange: Exchange,
  at: ServedFlow,
): Promise<void> {
  const { flow } = at;
  const { request, response, clientAddress } = exchange;
  const session = await deps.currentSession(request);
  const person = session === null ? null : await personOf(deps.directory, session);
  const isAnother = person !== null && (await isAnotherMeant(deps, at, person));
  if (session !== null && person !== null && !isAnother) {
    const done = await issueTo(deps, at, { session, person, ended: null, clientAddress });
    if ('outcome' in done && done.outcome !== 'used-up') {
      if (done.outcome === 'issued') {
        deps.answers.post(exchange, at, done.wresult);
        return;
      }
      const { reason, detail } = done;
      const relyingParty = flow.party;
      const refusal = { reason, detail, entry: ENTRY, relyingParty, person: person.id };
      await deps.answers.refuse(exchange, refusal);
      return;
    }
  }
  const id = newPrefixedId('sgn', deps.random);
  const asked = signInRequestOf(flow, `/wsfed/arrive/${id}`);
  // What comes out of a sign-in is answered, whoever it was, so that nobody goes round in circles.
  const path = await deps.signIns.begin(isAnother ? { ...asked, force: true } : asked, {
    id,
    browserSecret: deps.browserSecrets.readOrCreate(request, response),
    session: session?.session ?? null,
    circumstances: deps.circumstances(request),
  });
  response.setHeader('Cache-Control', 'no-store');
  response.redirect(303, deps.publicUrl.path(path));
}

/** Whoever has the session is not whom the service wants, or nobody whom it could be told of. */
async function isAnotherMeant(
  { directory, issuers }: Pick<EnterDeps, 'directory' | 'issuers'>,
  { flow, served: { settings } }: ServedFlow,
  person: Person,
): Promise<boolean> {
  const byUpn = settings.issuer_by_domain;
  const isForeign = byUpn && 'impossible' in issuerOfPerson(issuers, settings, flow, person);
  return isForeign || meansSomebodyElse(directory, flow.loginHint, person, { byUpn });
}
