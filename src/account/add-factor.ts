import { Router, type Request, type Response } from 'express';
import type { AuditLog } from '../audit/audit-log.js';
import type { PublicUrl } from '../config/public-url.js';
import type { Person } from '../directory/person.js';
import type { FactorPrompt } from '../factors/factor.js';
import type { OtpFactor } from '../factors/otp/create-otp-factor.js';
import { maxCredentials } from '../factors/otp/insert-credential.js';
import type { PageSender } from '../web/send-page.js';
import { formModel } from './account-forms.js';
import type { AccountGuard, AccountVisit } from './account-guard.js';
import { accountParty } from './account-party.js';
import { pathOf } from './account-paths.js';
import type { PendingEnrolments } from './pending-enrolment.js';
import { refuse, type Refusal } from './refusals.js';

export interface AddFactorDeps {
  audit: Pick<AuditLog, 'record'>;
  enrolmentAllowed: boolean;
  enrolments: PendingEnrolments;
  guard: AccountGuard;
  organisation: string;
  otp: Pick<OtpFactor, 'name' | 'enrolments' | 'enrolment'>;
  pages: PageSender;
  publicUrl: PublicUrl;
}

const setUpPath = '/account/factors/otp';

/** Adds one more authenticator app: which kind, then its picture and the first code. */
export function createAddFactor(deps: AddFactorDeps): Router {
  const { enrolments, guard, otp } = deps;
  const go = (response: Response, path: string) => {
    response.redirect(303, deps.publicUrl.path(path));
  };
  const router = Router();

  router.get('/account/factors/new', async (request, response) => {
    const visit = await guard.visit(request, response, 'factors');
    if (visit === null) return;
    if (await mayAdd(deps, visit.person)) choose(deps, request, response, visit);
    else go(response, pathOf('home'));
  });

  router.post('/account/factors/new', async (request, response) => {
    const visit = await guard.submit(request, response, 'choose-factor', 'change');
    if (visit === null) return;
    if (!(await mayAdd(deps, visit.person))) {
      go(response, pathOf('home'));
    } else if (visit.fields['method'] !== otp.name) {
      const refusal = await refuse(deps.audit, visit, 'request_invalid', otp.name);
      choose(deps, request, response, visit, refusal);
    } else {
      const { clientAddress } = visit.at;
      const context = { clientAddress, relyingParty: accountParty.id };
      const prompt = await otp.enrolment.begin(visit.person, deps.organisation, context);
      await enrolments.save(visit.session.id, prompt);
      go(response, setUpPath);
    }
  });

  router.get(setUpPath, async (request, response) => {
    const visit = await guard.visit(request, response, 'factors');
    if (visit === null) return;
    const pending = await enrolments.find(visit.session.id);
    if (pending === null) go(response, pathOf('factors'));
    else setUp(deps, request, response, visit, pending);
  });

  router.post(setUpPath, async (request, response) => {
    const visit = await guard.submit(request, response, 'enrol', 'change');
    if (visit === null) return;
    if (visit.fields['cancel'] !== undefined) {
      await enrolments.drop(visit.session.id);
      go(response, pathOf('home'));
      return;
    }
    const pending = await enrolments.find(visit.session.id);
    const outcome =
      pending === null ? 'enrolment_expired' : await complete(deps, visit, pending, visit.fields);
    if (outcome === null) {
      await enrolments.drop(visit.session.id);
      go(response, pathOf('home', 'factor_added'));
      return;
    }
    const refusal = await refuse(deps.audit, visit, outcome, otp.name);
    if (pending === null || outcome === 'enrolment_expired') {
      choose(deps, request, response, visit, refusal);
    } else setUp(deps, request, response, visit, pending, refusal);
  });
  return router;
}

async function mayAdd({ enrolmentAllowed, otp }: AddFactorDeps, person: Person): Promise<boolean> {
  return enrolmentAllowed && (await otp.enrolments(person)).length < maxCredentials;
}

/** Why the code does not finish it; `null` when it has. */
async function complete(
  { enrolmentAllowed, otp }: AddFactorDeps,
  { person, at }: AccountVisit,
  pending: FactorPrompt,
  fields: Readonly<Record<string, string>>,
) {
  if (!enrolmentAllowed) return 'policy_denied';
  const { clientAddress } = at;
  const verdict = await otp.enrolment.complete(person, pending.state, fields, {
    clientAddress,
    relyingParty: accountParty.id,
  });
  if (verdict.kind === 'accepted') return null;
  // Of a double click one adds it and the other finds it added: the same to the person.
  return verdict.reason === 'code_already_used' ? null : verdict.reason;
}

function choose(
  { otp, pages, publicUrl }: AddFactorDeps,
  request: Request,
  response: Response,
  visit: AccountVisit,
  refusal?: Refusal,
): void {
  const path = pathOf('factors');
  pages.send(
    request,
    response,
    'account/enrol',
    {
      ...formModel(visit, 'choose-factor', publicUrl.path(path), refusal?.failure),
      factors: [otp.name],
      backUrl: publicUrl.path(pathOf('home')),
    },
    { status: refusal?.status ?? 200, path },
  );
}

function setUp(
  { pages, publicUrl }: AddFactorDeps,
  request: Request,
  response: Response,
  visit: AccountVisit,
  { view }: FactorPrompt,
  refusal?: Refusal,
): void {
  const form = formModel(visit, 'enrol', publicUrl.path(setUpPath), refusal?.failure);
  const onAccount = { service: null, canCancel: true, account: '', alternatives: [] };
  const model = { ...view.model, ...form, ...onAccount };
  const status = refusal?.status ?? 200;
  pages.send(request, response, view.template, model, { status });
}
