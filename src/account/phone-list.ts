import type { DeviceReader } from '../devices/device-store.js';
import type { Profile } from '../devices/profile.js';
import type { Person } from '../directory/person.js';
import type { Enrolment } from '../factors/factor.js';
import type { OtpFactor } from '../factors/otp/create-otp-factor.js';
import type { RecoveryCodeFactor } from '../factors/recovery-codes/create-recovery-code-factor.js';

export interface WaysDeps {
  devices: Pick<DeviceReader, 'devicesOf'>;
  otp: Pick<OtpFactor, 'enrolments'>;
  recoveryCodes: Pick<RecoveryCodeFactor, 'remaining'>;
}

/** What somebody has besides the password. Codes of our own app count as part of their phone. */
export interface WaysToConfirm {
  phones: readonly Profile[];
  apps: readonly Enrolment[];
  recoveryCodes: { remaining: number; total: number } | null;
}

export async function waysOf(deps: WaysDeps, person: Person): Promise<WaysToConfirm> {
  const [devices, enrolments, recoveryCodes] = await Promise.all([
    deps.devices.devicesOf(person.id),
    deps.otp.enrolments(person),
    deps.recoveryCodes.remaining(person),
  ]);
  const phones = devices.flatMap(({ profiles }) => profiles);
  const ofPhones = new Set(phones.map(({ codeCredential }) => codeCredential));
  return { phones, apps: enrolments.filter(({ id }) => !ofPhones.has(id)), recoveryCodes };
}

/** Without another way the next sign-in would let anybody who knows the password set up a new one (see the README). */
export function isLastWay({ phones, apps, recoveryCodes }: WaysToConfirm, id: string): boolean {
  const others = [
    ...phones.filter((phone) => phone.lockedAt === null && phone.revokedAt === null),
    ...apps,
  ].filter((way) => way.id !== id);
  const ofPhone = phones.some((phone) => phone.id === id);
  // A lost phone can be removed by whoever got in with a recovery code, as long as one is left.
  return others.length === 0 && !(ofPhone && (recoveryCodes?.remaining ?? 0) > 0);
}
