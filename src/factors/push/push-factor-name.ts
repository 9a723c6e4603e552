/** The factor's name in policies, audit rows and pages. */
export const pushFactorName = 'push';
