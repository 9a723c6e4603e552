/** The factor's name in policies, audit rows and pages. */
export const otpFactorName = 'otp';

/** What a device is called that the person has not named. */
export const unnamedDevice = 'Authenticator app';

/** For mails, which say "authenticator app" anyway. */
export const ownLabel = (label: string): { label?: string } =>
  label === unnamedDevice ? {} : { label };
