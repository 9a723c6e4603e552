/** Every error of Entra that domain federation or External MFA is known to end in. */
export const aadstsCodes = [
  'AADSTS20012',
  'AADSTS50008',
  'AADSTS50012',
  'AADSTS50020',
  'AADSTS50027',
  'AADSTS50034',
  'AADSTS50107',
  'AADSTS50161',
  'AADSTS51004',
  'AADSTS70002',
  'AADSTS75011',
  'AADSTS90019',
  'AADSTS90020',
  'AADSTS500132',
  'AADSTS900491',
  'AADSTS5000811',
  'AADSTS5000819',
  'AADSTS5001257',
  'AADSTS5001258',
  'AADSTS50012620',
] as const;

export type AadstsCode = (typeof aadstsCodes)[number];
