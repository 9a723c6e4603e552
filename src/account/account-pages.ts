import { Router } from 'express';
import { createAddFactor, type AddFactorDeps } from './add-factor.js';
import { createAddPhone, type AddPhoneDeps } from './add-phone.js';
import { createAccountGuard, type AccountGuardDeps } from './account-guard.js';
import { createAccountHome, type AccountHomeDeps } from './account-home.js';
import { isAccountPage, readNotice } from './account-paths.js';
import { createChangePassword, type ChangePasswordDeps } from './change-password.js';
import { createDisownSignIn, type DisownSignInDeps } from './disown-sign-in.js';
import { createEndOneSession, type EndOneSessionDeps } from './end-one-session.js';
import { createPendingEnrolments } from './pending-enrolment.js';
import { createPhonePages, type PhonePagesDeps } from './phone-pages.js';
import { createRecoveryCodePages, type RecoveryCodePagesDeps } from './recovery-codes.js';
import { createRemoveFactor, type RemoveFactorDeps } from './remove-factor.js';
import { createUnlockCodes, type UnlockCodesDeps } from './unlock-codes.js';
import { createSignOut, type SignOutDeps } from './sign-out.js';

type Made = 'guard' | 'showHome' | 'enrolments' | 'pendingPhones';

/** Everything the parts of the account pages use, but for what they make for each other. */
export type AccountPagesDeps = AccountGuardDeps &
  AccountHomeDeps &
  Omit<
    AddFactorDeps &
      AddPhoneDeps &
      ChangePasswordDeps &
      DisownSignInDeps &
      EndOneSessionDeps &
      PhonePagesDeps &
      RecoveryCodePagesDeps &
      RemoveFactorDeps &
      SignOutDeps &
      UnlockCodesDeps,
    Made
  >;

/** `/account` and everything below. */
export function createAccountPages(deps: AccountPagesDeps): Router {
  const guard = createAccountGuard(deps);
  const showHome = createAccountHome(deps);
  const enrolments = createPendingEnrolments(deps);
  const pendingPhones = createPendingEnrolments(deps, 'account-phone');
  const router = Router();

  router.get('/account', async (request, response) => {
    const visit = await guard.visit(request, response, 'home');
    if (visit === null) return;
    await showHome(request, response, visit, { notice: readNotice(request.query) });
  });
  router.get('/account/continue/:page', async (request, response, next) => {
    const { page } = request.params;
    if (isAccountPage(page)) await guard.arrive(request, response, page);
    else next();
  });
  router.use(createChangePassword({ ...deps, guard }));
  router.use(createAddFactor({ ...deps, guard, enrolments }));
  router.use(createAddPhone({ ...deps, guard, pendingPhones }));
  router.use(createPhonePages({ ...deps, guard, showHome }));
  router.use(createRemoveFactor({ ...deps, guard, showHome }));
  router.use(createUnlockCodes({ ...deps, guard }));
  router.use(createRecoveryCodePages({ ...deps, guard }));
  router.use(createDisownSignIn({ ...deps, guard, showHome }));
  router.use(createEndOneSession({ ...deps, guard }));
  router.use(createSignOut({ ...deps, guard }));
  return router;
}
