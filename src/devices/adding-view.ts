import { qrCode } from '../web/qr-code.js';
import type { AddPhoneState } from '../web/page-models.js';
import { activationState } from './activation.js';
import type { WatchedActivation } from './activations.js';
import { activationLink, groupedActivationCode } from './wire/activation-code.js';

/** What a page shows of a phone that is being added. @param appUrl where phones open the app */
export function addingView(
  { activation, deviceName, fingerprint }: WatchedActivation,
  code: string,
  appUrl: string,
  now: number,
): AddPhoneState {
  const kind = activationState(activation, now);
  if (kind === 'issued') {
    const link = activationLink(appUrl, code);
    const { expiresAt } = activation;
    return { kind, qr: qrCode(link), link, code: groupedActivationCode(code), appUrl, expiresAt };
  }
  if (kind === 'completed') {
    return { kind, name: deviceName ?? '', fingerprint: fingerprint ?? '' };
  }
  return { kind };
}
