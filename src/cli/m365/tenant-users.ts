import { z } from 'zod';
import { createTenantUsers, type TenantUsers } from '../../entra-twin/tenant.js';
import { failure, success, type Result } from '../../kernel/result.js';

const user = z
  .looseObject({
    userPrincipalName: z.string().optional(),
    UserPrincipalName: z.string().optional(),
    onPremisesImmutableId: z.string().nullish(),
    OnPremisesImmutableId: z.string().nullish(),
  })
  .transform((one) => ({
    upn: one.userPrincipalName ?? one.UserPrincipalName ?? '',
    immutableId: one.onPremisesImmutableId ?? one.OnPremisesImmutableId ?? null,
  }));

const document = z.union([
  z.looseObject({ value: z.array(user) }).transform(({ value }) => value),
  z.array(user),
  user.transform((one) => [one]),
]);

/** Reads `Get-MgUser … | Select-Object UserPrincipalName, OnPremisesImmutableId | ConvertTo-Json`, or what Graph answers. */
export function readTenantUsers(json: string): Result<TenantUsers, string> {
  let value: unknown;
  try {
    value = JSON.parse(json.replace(/^\ufeff/, ''));
  } catch (error) {
    return failure(`is no JSON: ${(error as Error).message}`);
  }
  const read = document.safeParse(value);
  if (!read.success) return failure(`is no list of users: ${z.prettifyError(read.error)}`);
  const known = read.data.filter(({ upn }) => upn !== '');
  if (known.length === 0) return failure('names nobody with a userPrincipalName');
  return success(createTenantUsers(known));
}
