import { z } from 'zod';
import type { AadstsCode } from '../../entra-twin/aadsts-code.js';
import { failure, success, type Result } from '../../kernel/result.js';

/** Of an app registration what External MFA needs. */
export interface AppRegistration {
  appId: string | null;
  replyUrls: readonly string[];
}

const strings = z.array(z.string()).nullish();
const app = z.looseObject({
  appId: z.string().nullish(),
  AppId: z.string().nullish(),
  web: z.looseObject({ redirectUris: strings, RedirectUris: strings }).nullish(),
  Web: z.looseObject({ redirectUris: strings, RedirectUris: strings }).nullish(),
});

/** Reads `Get-MgApplication … | ConvertTo-Json -Depth 5`, or what Graph answers. */
export function readAppRegistration(json: string): Result<AppRegistration, string> {
  try {
    const value: unknown = JSON.parse(json.replace(/^\ufeff/, ''));
    const one = app.parse(Array.isArray(value) ? value[0] : value);
    const web = one.web ?? one.Web;
    return success({
      appId: one.appId ?? one.AppId ?? null,
      replyUrls: web?.redirectUris ?? web?.RedirectUris ?? [],
    });
  } catch (error) {
    return failure(`is no app registration: ${(error as Error).message}`);
  }
}

const grant = z.looseObject({
  scope: z.string().nullish(),
  Scope: z.string().nullish(),
  consentType: z.string().nullish(),
  ConsentType: z.string().nullish(),
});
const grants = z.union([
  z.looseObject({ value: z.array(grant) }).transform(({ value }) => value),
  z.array(grant),
]);

/** Whether `Get-MgServicePrincipalOauth2PermissionGrant … | ConvertTo-Json` shows the consent of an administrator. */
export function readConsent(json: string): Result<boolean, string> {
  try {
    const value: unknown = JSON.parse(json.replace(/^\ufeff/, ''));
    const all = grants.parse(Array.isArray(value) || hasValue(value) ? value : [value]);
    return success(
      all.some(
        (one) =>
          (one.consentType ?? one.ConsentType) === 'AllPrincipals' &&
          (one.scope ?? one.Scope ?? '').split(' ').includes('openid'),
      ),
    );
  } catch (error) {
    return failure(`is no list of permission grants: ${(error as Error).message}`);
  }
}

const hasValue = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && 'value' in value;

/** What is wrong with what a tenant registered for External MFA. */
export function registrationFaults(
  ours: { authorizationEndpoint: string; appId: string },
  registration: AppRegistration | null,
  consented: boolean | null,
): { code: AadstsCode; detail: string }[] {
  const faults: { code: AadstsCode; detail: string }[] = [];
  if (registration !== null && !registration.replyUrls.includes(ours.authorizationEndpoint)) {
    const there = registration.replyUrls.join(', ') || 'none';
    faults.push({
      code: 'AADSTS50161',
      detail: `${ours.authorizationEndpoint} is not a reply URL; there is ${there}.`,
    });
  }
  if (consented === false) {
    faults.push({ code: 'AADSTS900491', detail: 'No administrator consented to openid.' });
  }
  return faults;
}
