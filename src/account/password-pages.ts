import { Router } from 'express';
import { createForgotPassword, type ForgotPasswordDeps } from './forgot-password.js';
import { createPasswordLinkPages, type PasswordLinkDeps } from './password-link.js';

export type PasswordPagesDeps = ForgotPasswordDeps & PasswordLinkDeps;

/** `/password`: for people who have no password or forgot theirs. Nobody is signed in here. */
export function createPasswordPages(deps: PasswordPagesDeps): Router {
  const router = Router();
  router.use(createForgotPassword(deps));
  router.use(createPasswordLinkPages(deps));
  return router;
}
