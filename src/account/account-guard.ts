import type { Request, Response } from 'express';
import type { PublicUrl } from '../config/public-url.js';
import type { Clock } from '../kernel/clock.js';
import type { Circumstances } from '../login/circumstances.js';
import type { EvaluatePolicy } from '../login/evaluate-policy.js';
import type { SignInCircumstances } from '../login/engine-input.js';
import type { SignIns } from '../login/sign-ins.js';
import type { BrowserSecrets } from '../web/browser-secret.js';
import type { Cookies } from '../web/cookies.js';
import { readForm } from '../web/forms.js';
import { assertOwnForm, type AccountForm } from './account-forms.js';
import { continuePath, levelOf, pathOf, readNotice, type AccountPage } from './account-paths.js';
import { accountRequest, type AccountLevel } from './account-request.js';
import { reaches } from './account-strength.js';
import { findPresence, type Presence, type PresenceDeps } from './presence.js';

/** A request of somebody who may be here. */
export interface AccountVisit extends Presence {
  at: SignInCircumstances;
  browserSecret: string;
}

export interface AccountSubmission extends AccountVisit {
  fields: Readonly<Record<string, string>>;
}

export interface AccountGuardDeps extends PresenceDeps {
  browserSecrets: BrowserSecrets;
  circumstances: Circumstances;
  clock: Clock;
  cookies: Cookies;
  evaluatePolicy: EvaluatePolicy;
  publicUrl: PublicUrl;
  signIns: Pick<SignIns, 'begin'>;
}

/** The one way into the account pages. Where `null` comes back the response has been sent. */
export interface AccountGuard {
  /** For a page: starts a sign-in when too little or too long ago was proved. */
  visit(request: Request, response: Response, page: AccountPage): Promise<AccountVisit | null>;

  /**
   * For a posted form.
   * @throws FormRefused 403 when the form is not one that we showed in this session
   */
  submit(
    request: Request,
    response: Response,
    form: AccountForm,
    level: AccountLevel,
  ): Promise<AccountSubmission | null>;

  /** The end of a sign-in that `visit` or `submit` started. */
  arrive(request: Request, response: Response, page: AccountPage): Promise<void>;
}

export function createAccountGuard(deps: AccountGuardDeps): AccountGuard {
  const { browserSecrets, circumstances, cookies, publicUrl, signIns } = deps;

  const signIn = async (
    request: Request,
    response: Response,
    to: { level: AccountLevel; continueAt: string },
    presence: Presence | null,
  ): Promise<void> => {
    // A void session must not lend its proofs to what is proved now.
    if (presence === null) cookies.clear(response, 'session');
    const path = await signIns.begin(accountRequest(to.level, to.continueAt), {
      browserSecret: browserSecrets.readOrCreate(request, response),
      session: presence?.session ?? null,
      circumstances: circumstances(request),
    });
    response.redirect(303, publicUrl.path(path));
  };

  return {
    async visit(request, response, page) {
      const presence = await findPresence(deps, request);
      const at = circumstances(request);
      const level = levelOf(page);
      if (presence === null || !reaches(deps, presence, level, at.clientAddress)) {
        const continueAt = continuePath(page, readNotice(request.query));
        await signIn(request, response, { level, continueAt }, presence);
        return null;
      }
      const browserSecret = browserSecrets.readOrCreate(request, response);
      return { ...presence, at, browserSecret };
    },

    async submit(request, response, form, level) {
      const fields = await readForm(request);
      const presence = await findPresence(deps, request);
      const at = circumstances(request);
      if (presence === null || !reaches(deps, presence, 'entry', at.clientAddress)) {
        response.redirect(303, publicUrl.path(pathOf('home')));
        return null;
      }
      const browserSecret = browserSecrets.read(request) ?? '';
      assertOwnForm({ ...presence, browserSecret: browserSecret || null }, form, fields);
      if (!reaches(deps, presence, level, at.clientAddress)) {
        await signIn(request, response, { level, continueAt: continuePath('home') }, presence);
        return null;
      }
      return { ...presence, at, browserSecret, fields };
    },

    async arrive(request, response, page) {
      const presence = await findPresence(deps, request);
      const { clientAddress } = circumstances(request);
      const notice = readNotice(request.query);
      const there = (level: AccountLevel) =>
        presence !== null && reaches(deps, presence, level, clientAddress);
      const path = there(levelOf(page))
        ? pathOf(page, notice)
        : there('entry')
          ? pathOf('home')
          : '/';
      response.redirect(303, publicUrl.path(path));
    },
  };
}
