import { Router, type Request, type Response } from 'express';
import type { AuditLog } from '../../../audit/audit-log.js';
import { requestRefused } from '../../../audit/events/sign-in-events.js';
import type { FailureReason } from '../../../audit/failure-reasons.js';
import type { PublicUrl } from '../../../config/public-url.js';
import { randomToken, type RandomSource } from '../../../kernel/random.js';
import type { EphemeralStore } from '../../../storage/ephemeral/ephemeral-store.js';
import type { BrowserSecrets } from '../../../web/browser-secret.js';
import { assertCsrfToken, csrfToken, formPurpose } from '../../../web/csrf.js';
import { failureStatus } from '../../../web/failure-status.js';
import { failureView, type FailureView } from '../../../web/failure-view.js';
import { readForm } from '../../../web/forms.js';
import type { PageSender } from '../../../web/send-page.js';
import type { ClientDirectory } from '../client-directory.js';
import type { ModelStore } from '../storage/adapter.js';
import { createCodeGuesses } from './code-guesses.js';
import { handToLibrary } from './device-form.js';
import { readUserCode, shownUserCode } from './user-code.js';

export interface DevicePagesDeps {
  clients: ClientDirectory;
  deviceCodes: ModelStore;
  store: EphemeralStore;
  audit: AuditLog;
  random: RandomSource;
  clientAddress: (request: Request) => string;
  browserSecrets: BrowserSecrets;
  pages: PageSender;
  publicUrl: PublicUrl;
}

/**
 * Where a person brings the code that a device shows. They see which service it is for and say that it is their own
 * device before anybody signs in; from there on it is a sign-in like any other, and the library goes on with it.
 */
export function createDevicePages(deps: DevicePagesDeps): Router {
  const router = Router();
  const guesses = createCodeGuesses(deps.store);

  router.get('/device', (request, response) => {
    const asked = request.query['user_code'];
    const code = typeof asked === 'string' ? readUserCode(asked) : null;
    askForCode(deps, request, response, code === null ? '' : shownUserCode(code), null);
  });

  router.post('/device', async (request, response, next) => {
    const fields = await readForm(request);
    const typed = fields['user_code'] ?? '';
    const code = readUserCode(typed);
    const answering = fields['step'] === 'device-confirm';
    const purpose = answering ? confirming(code) : ASKING;
    assertCsrfToken(deps.browserSecrets.read(request), purpose, fields['csrf']);

    const address = deps.clientAddress(request);
    const limited = await guesses.exhausted(address);
    const service = limited || code === null ? null : await serviceOf(deps, code);
    if (code === null || service === null) {
      if (!limited) await guesses.count(address);
      const reason = limited ? 'device_code_limit' : 'device_code_unknown';
      const failure = await refusal(deps, request, reason);
      askForCode(deps, request, response, typed.slice(0, 32), failure);
      return;
    }
    if (answering) {
      const answer = fields['device'] === 'allow' ? { confirm: 'yes' } : { abort: 'yes' };
      handToLibrary(request, randomToken(deps.random, 128), { user_code: code, ...answer });
      next();
      return;
    }
    const secret = deps.browserSecrets.read(request) ?? '';
    deps.pages.send(
      request,
      response,
      'device/confirm',
      {
        action: deps.publicUrl.path('/device'),
        csrf: csrfToken(secret, confirming(code)),
        step: 'device-confirm',
        failure: null,
        service,
        userCode: shownUserCode(code),
      },
      { path: '/device' },
    );
  });
  return router;
}

const ASKING = formPurpose('device', 'code');
const confirming = (code: string | null) => formPurpose(`device ${code ?? ''}`, 'confirm');

/** Name of the service whose device shows this code; `null` when the code is good for nothing. */
async function serviceOf(deps: DevicePagesDeps, code: string): Promise<string | null> {
  const payload = await deps.deviceCodes.findByUserCode?.(code);
  if (payload === undefined) return null;
  const isAnswered = payload.accountId !== undefined || payload.error !== undefined;
  return isAnswered ? null : (deps.clients.byClientId(payload.clientId ?? '')?.name ?? null);
}

async function refusal(
  deps: DevicePagesDeps,
  request: Request,
  reason: FailureReason,
): Promise<FailureView> {
  const about = { clientAddress: deps.clientAddress(request) };
  const event = requestRefused(about, reason, { entry: 'oidc.device' });
  return failureView(reason, await deps.audit.record(event));
}

function askForCode(
  deps: DevicePagesDeps,
  request: Request,
  response: Response,
  userCode: string,
  failure: FailureView | null,
): void {
  const secret = deps.browserSecrets.readOrCreate(request, response);
  const status = failure === null ? 200 : failureStatus(failure.reason);
  deps.pages.send(
    request,
    response,
    'device/code',
    {
      action: deps.publicUrl.path('/device'),
      csrf: csrfToken(secret, ASKING),
      step: 'device-code',
      failure,
      userCode,
    },
    { status, path: '/device' },
  );
}
