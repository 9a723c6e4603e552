import type { PostedForm } from './posted-form.js';
import type { Verdicts } from './verdict.js';
import { entra } from './wire-names.js';

/** That the browser brings the answer to Entra; `''` as address: nobody knows where it was posted. */
export function judgeAddressOfForm({ action }: PostedForm, verdicts: Verdicts): void {
  const rule = 'It is posted to login.srf';
  if (action === '') verdicts.skip(rule, 'the address is not known');
  else {
    verdicts.expect(
      rule,
      action === entra.loginUrl,
      'AADSTS50008',
      `it is posted to ${action}, and Entra never sees it`,
    );
  }
}
