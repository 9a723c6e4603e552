import type { PageModels } from '../../src/web/page-models.js';
import { at, hour, longName } from './gallery-values.js';

const proved = (factor: string, phone: string | null = null) => ({ factor, phone });

/** The account page of somebody who has everything. */
export const account: PageModels['account/home'] = {
  csrf: 'c',
  step: 'account',
  failure: null,
  notice: null,
  person: { name: 'Anna Lind', username: 'anna.lind', mail: 'anna.lind@northgate.example' },
  factors: [
    {
      id: 'otp_1',
      factor: 'otp',
      label: "Anna's Pixel",
      createdAt: at - 900 * hour,
      lastUsedAt: at,
      removable: true,
    },
    {
      id: 'otp_2',
      factor: 'otp',
      label: 'Work tablet',
      createdAt: at - 90 * hour,
      lastUsedAt: null,
      removable: true,
    },
  ],
  codesLocked: false,
  phones: [
    {
      id: 'prf_1',
      name: "Anna's phone",
      createdAt: at - 90 * hour,
      lastUsedAt: at - hour,
      lastSeenAt: at,
      locked: false,
      removable: true,
    },
    {
      id: 'prf_2',
      name: 'Old tablet',
      createdAt: at - 900 * hour,
      lastUsedAt: null,
      lastSeenAt: null,
      locked: true,
      removable: false,
    },
  ],
  recoveryCodes: { remaining: 8, total: 10 },
  sessions: [
    {
      id: 'ses_1',
      userAgent: 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0',
      address: '192.0.2.17',
      startedAt: at - hour,
      lastSeenAt: at,
      current: true,
    },
    {
      id: 'ses_2',
      userAgent:
        'Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.0 Mobile/15E148 Safari/604.1',
      address: '2001:db8:85a3:8d3:1319:8a2e:370:7348',
      startedAt: at - 20 * hour,
      lastSeenAt: at - 2 * hour,
      current: false,
    },
  ],
  signIns: [
    {
      id: '7KQ2M9XW3D',
      at,
      service: 'Payroll',
      place: 'Head office',
      browser: 'Firefox, Windows',
      factors: [proved('password'), proved('otp', "Anna's phone")],
      refused: null,
    },
    {
      id: '7KQ2M9XW3E',
      at: at - 3 * hour,
      service: longName,
      place: '2001:db8:85a3:8d3:1319:8a2e:370:7348',
      browser: 'Samsung Internet, Android',
      factors: [proved('otp')],
      refused: 'wrong_code',
    },
    {
      id: '7KQ2M9XW3F',
      at: at - 30 * hour,
      service: null,
      place: null,
      browser: null,
      factors: [proved('password'), proved('recovery-code')],
      refused: null,
    },
  ],
  urls: {
    removeFactor: '/account/factors/remove',
    unlockCodes: '/account/factors/unlock',
    addFactor: '/account/factors/add',
    addPhone: '/account/phones/add',
    renamePhone: '/account/phones/rename',
    removePhone: '/account/phones/remove',
    disownPhone: '/account/phones/disown',
    newRecoveryCodes: '/account/recovery-codes',
    changePassword: '/account/password',
    endSession: '/account/sessions/end',
    disownSignIn: '/account/sign-ins/disown',
    signOutEverywhere: '/account/sessions/end-all',
    signOut: '/logout',
    home: '/',
  },
};
