import type { FailureReason } from '../../src/audit/failure-reasons.js';
import { failureReasons, shownReason } from '../../src/audit/failure-reasons.js';
import { failureView } from '../../src/web/failure-view.js';
import type { PageModels, PageName } from '../../src/web/page-models.js';
import { qrCode } from '../../src/web/qr-code.js';
import { account } from './gallery-account.js';
import { at, hostile, hour, longName, longUser } from './gallery-values.js';

/** One page in one state, for screenshots and checks. */
export interface GalleryEntry {
  id: string;
  template: PageName;
  model: PageModels[PageName];
  /** Shows the page as an organisation with this name and no help contact. */
  organisation?: string;
}

const failed = (reason: FailureReason) => failureView(reason, '7KQ2M-9XW3D');
const form = { action: '/sign-in/x', csrf: 'csrf-token', step: 'password', failure: null };
const signIn = { ...form, service: 'Payroll', canCancel: true };
const factor = {
  ...signIn,
  account: 'anna.lind@northgate.example',
  alternatives: ['recovery-code'],
};
const uri =
  'otpauth://totp/Northgate:anna.lind%40northgate.example?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Northgate';
const enrolment = { qr: qrCode(uri), secret: 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP', uri };
const codes = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map((n) => `K${n % 10}XF-9PQR-T4M${n % 10}`);

const waiting = { number: '42', expiresAt: at + 120_000, now: at, phones: ["Anna's phone"] };
const addPhone = { ...form, step: 'add-phone', backUrl: '/account' };
const phoneLink =
  'https://login.northgate.example/authenticator/#a=S34WNJYCSQ7CZM6HTB9X9NEPTZCDKPPV';

const phoneCode = {
  kind: 'issued',
  qr: qrCode(phoneLink),
  link: phoneLink,
  code: 'S34W-NJYC-SQ7C-ZM6H-TB9X-9NEP-TZCD-KPPV',
  appUrl: 'https://login.northgate.example/authenticator/',
  expiresAt: at + hour / 6,
} as const;
const enrolPhone = { ...factor, step: 'enrol:push', alternatives: ['otp'] };

const services = [
  {
    name: 'Payroll',
    url: 'https://payroll.northgate.example/',
    about: 'payroll.northgate.example',
  },
  { name: 'Wiki', url: 'https://wiki.northgate.example/', about: 'wiki.northgate.example' },
  { name: 'Intranet', url: 'https://intranet.northgate.example/', about: null },
  { name: 'Expenses', url: 'https://expenses.northgate.example/', about: 'Receipts and travel' },
];
const home: PageModels['home'] = {
  person: null,
  services: [],
  signInUrl: '/account',
  accountUrl: '/account',
  signOut: null,
  demo: null,
};
const demo: NonNullable<PageModels['home']['demo']> = {
  services: [
    { name: 'Demo payroll', url: 'http://127.0.0.1:7100/', about: 'home.demo.about.harbour-notes' },
    {
      name: 'Demo canteen',
      url: 'http://127.0.0.1:7101/',
      about: 'home.demo.about.tidewater-planner',
    },
  ],
  people: [
    { name: 'Anna Lind', username: 'anna', about: 'home.demo.about.anna' },
    { name: 'Omar Haddad', username: 'omar', about: 'home.demo.about.erik' },
  ],
  mailboxUrl: '/demo/mailbox',
  password: 'tall-river-42-lamp',
};

function entry<Name extends PageName>(
  id: string,
  template: Name,
  model: PageModels[Name],
  organisation?: string,
): GalleryEntry {
  return { id, template, model, ...(organisation === undefined ? {} : { organisation }) };
}

const passwordForm = { ...signIn, username: '', forgotUrl: '/password/forgot' };
const newPassword = { ...form, username: 'anna.lind', minLength: 8 };
const consent: PageModels['consent/consent'] = {
  ...form,
  service: 'Trip Planner',
  serviceHost: 'planner.example',
  account: 'anna.lind@northgate.example',
  scopes: ['openid', 'profile', 'email', 'offline_access'],
};
const signedOut: PageModels['logout/signed-out'] = {
  service: null,
  returnUrl: null,
  returnForm: null,
  signInUrl: '/',
  reached: [],
  unreached: [],
  everywhere: false,
};

export const gallery: readonly GalleryEntry[] = [
  entry('login-password', 'login/password', passwordForm),
  entry('login-password-own', 'login/password', {
    ...passwordForm,
    service: null,
    canCancel: false,
  }),
  entry('login-password-failed', 'login/password', {
    ...passwordForm,
    username: 'anna.lind@northgate.example',
    failure: failed('wrong_credentials'),
  }),
  entry(
    'login-password-long',
    'login/password',
    { ...passwordForm, service: longName, username: longUser },
    longName,
  ),
  entry(
    'login-password-hostile',
    'login/password',
    {
      ...passwordForm,
      action: hostile,
      csrf: hostile,
      step: hostile,
      service: hostile,
      username: hostile,
      forgotUrl: hostile,
    },
    hostile,
  ),
  entry('login-choose-method', 'login/choose-method', {
    ...signIn,
    methods: [
      { factor: 'otp', label: null },
      { factor: 'recovery-code', label: null },
      { factor: 'outside-factor', label: hostile },
    ],
  }),
  entry('login-change-password', 'login/change-password', { ...newPassword, ...signIn }),
  entry('login-change-password-failed', 'login/change-password', {
    ...newPassword,
    ...signIn,
    failure: failed('password_blocked'),
  }),
  entry('login-continue', 'login/continue', {
    url: '/arrived?code=1&state="x";b',
    service: 'Payroll',
  }),
  entry('login-auto-post', 'login/auto-post', {
    action: '/gallery-target',
    fields: [{ name: 'SAMLResponse', value: hostile }],
    service: 'Payroll',
  }),
  entry('otp', 'factors/otp', factor),
  entry('otp-failed', 'factors/otp', { ...factor, failure: failed('wrong_code') }),
  entry('otp-locked', 'factors/otp', {
    ...factor,
    failure: failureView('factor_locked', '7KQ2M-9XW3D', { until: at + hour / 4, now: at }),
  }),
  entry('otp-locked-for-good', 'factors/otp', {
    ...factor,
    failure: failed('factor_locked_for_good'),
  }),
  entry('otp-alone', 'factors/otp', {
    ...factor,
    service: null,
    alternatives: [],
    canCancel: false,
  }),
  entry('otp-long', 'factors/otp', { ...factor, service: longName, account: longUser }, longName),
  entry('otp-enrol', 'factors/otp-enrol', { ...factor, alternatives: [], ...enrolment }),
  entry('otp-enrol-choice', 'factors/otp-enrol', {
    ...factor,
    alternatives: ['push'],
    ...enrolment,
  }),
  entry('push-enrol', 'factors/push-enrol', { ...enrolPhone, state: phoneCode }),
  entry('push-enrol-begun', 'factors/push-enrol', { ...enrolPhone, state: { kind: 'begun' } }),
  entry('push-enrol-compare', 'factors/push-enrol', {
    ...enrolPhone,
    service: longName,
    account: longUser,
    state: { kind: 'completed', name: hostile, fingerprint: '721110' },
  }),
  entry('push-enrol-over', 'factors/push-enrol', { ...enrolPhone, state: { kind: 'expired' } }),
  entry('push-enrol-refused', 'factors/push-enrol', {
    ...enrolPhone,
    failure: failed('phone_refused'),
    state: { kind: 'completed', name: 'Somebody’s phone', fingerprint: '721110' },
  }),
  entry('otp-enrol-failed', 'factors/otp-enrol', {
    ...factor,
    alternatives: [],
    ...enrolment,
    failure: failed('wrong_code'),
  }),
  entry('recovery-code', 'factors/recovery-code', { ...factor, alternatives: ['otp'] }),
  entry('recovery-code-failed', 'factors/recovery-code', {
    ...factor,
    alternatives: [],
    failure: failed('wrong_recovery_code'),
  }),
  entry('otp-locked-phone', 'factors/otp', {
    ...{ ...factor, step: 'factor:otp', failure: failed('factor_locked') },
    alternatives: ['push', 'recovery-code'],
  }),
  entry('otp-phone-removed', 'factors/otp', {
    ...{ ...factor, step: 'factor:otp', failure: failed('push_removed') },
  }),
  entry('push', 'factors/push', { ...factor, alternatives: ['otp', 'recovery-code'], ...waiting }),
  entry('push-long', 'factors/push', {
    ...factor,
    service: longName,
    account: longUser,
    ...waiting,
    number: '482913',
    phones: [hostile, longName],
  }),
  entry('push-denied', 'factors/push', { ...factor, ...waiting, failure: failed('push_denied') }),
  entry('push-not-sent', 'factors/push', {
    ...factor,
    number: null,
    failure: failed('push_over_budget'),
  }),
  entry('account-home', 'account/home', account),
  entry('account-home-notice', 'account/home', { ...account, notice: 'password_changed' }),
  entry('account-home-phone-only', 'account/home', { ...account, factors: [] }),
  entry('account-home-bare', 'account/home', {
    ...account,
    factors: [],
    phones: [],
    recoveryCodes: { remaining: null, total: 10 },
    sessions: account.sessions.slice(0, 1),
    signIns: [],
  }),
  entry(
    'account-home-long',
    'account/home',
    {
      ...account,
      person: { name: longName, username: longUser, mail: null },
      factors: account.factors.map((row) => ({ ...row, label: longName })),
      phones: account.phones.map((row) => ({ ...row, name: hostile })),
      recoveryCodes: { remaining: 1, total: 10 },
      sessions: account.sessions.map((row) => ({ ...row, userAgent: hostile })),
    },
    longName,
  ),
  entry('account-add-phone', 'account/add-phone', { ...addPhone, state: { kind: 'start' } }),
  entry('account-add-phone-code', 'account/add-phone', {
    ...addPhone,
    state: phoneCode,
  }),
  entry('account-add-phone-begun', 'account/add-phone', { ...addPhone, state: { kind: 'begun' } }),
  entry('account-add-phone-compare', 'account/add-phone', {
    ...addPhone,
    state: { kind: 'completed', name: hostile, fingerprint: '721110' },
  }),
  entry('account-add-phone-over', 'account/add-phone', { ...addPhone, state: { kind: 'expired' } }),
  entry('account-add-phone-refused', 'account/add-phone', {
    ...addPhone,
    state: { kind: 'not-allowed' },
  }),
  entry('account-enrol', 'account/enrol', { ...form, factors: ['otp'], backUrl: '/account' }),
  entry('account-recovery-codes', 'account/recovery-codes', { ...form, codes, service: null }),
  entry('account-recovery-codes-sign-in', 'account/recovery-codes', {
    ...form,
    codes,
    service: 'Payroll',
  }),
  entry('account-change-password', 'account/change-password', {
    ...newPassword,
    backUrl: '/account',
  }),
  entry('account-change-password-failed', 'account/change-password', {
    ...newPassword,
    backUrl: '/account',
    failure: failed('passwords_differ'),
  }),
  entry('password-forgot', 'password/forgot', { ...form, username: '', backUrl: '/' }),
  entry('password-forgot-sent', 'password/forgot-sent', { backUrl: '/' }),
  entry('password-set', 'password/set', { ...newPassword, first: false }),
  entry('password-set-first', 'password/set', { ...newPassword, first: true }),
  entry('consent', 'consent/consent', consent),
  entry(
    'consent-hostile',
    'consent/consent',
    {
      ...consent,
      service: hostile,
      serviceHost: `${'a'.repeat(60)}.planner.example`,
      account: longUser,
      scopes: ['openid', hostile, 'w'.repeat(90)],
    },
    longName,
  ),
  entry('device-code', 'device/code', { ...form, step: 'device-code', userCode: '' }),
  entry('device-code-wrong', 'device/code', {
    ...form,
    step: 'device-code',
    userCode: hostile,
    failure: failed('device_code_unknown'),
  }),
  entry('device-confirm', 'device/confirm', {
    ...form,
    step: 'device-confirm',
    service: longName,
    userCode: 'BCDF-GHJK',
  }),
  entry('device-done', 'device/done', { allowed: true }),
  entry('device-denied', 'device/done', { allowed: false }),
  entry('logout-confirm', 'logout/confirm', { ...form, service: 'Payroll', account: 'anna.lind' }),
  entry('logout-signed-out', 'logout/signed-out', signedOut),
  entry('logout-signed-out-unreached', 'logout/signed-out', {
    ...signedOut,
    service: 'Payroll',
    returnUrl: 'https://payroll.northgate.example/',
    reached: ['Calendar'],
    unreached: ['Wiki', longName],
    everywhere: true,
  }),
  entry('logout-signed-out-answering', 'logout/signed-out', {
    ...signedOut,
    service: 'Payroll',
    returnForm: {
      action: 'https://payroll.northgate.example/saml/slo',
      fields: [{ name: 'SAMLResponse', value: hostile }],
    },
    reached: [longName, hostile],
    unreached: ['Wiki'],
  }),
  entry('logout-clean-up', 'logout/clean-up', { accountUrl: '/account' }),
  entry('logout-clean-up-signed-out', 'logout/clean-up', { accountUrl: null }),
  entry('logout-visit', 'logout/visit', {
    service: 'Wiki',
    url: null,
    form: {
      action: 'https://wiki.northgate.example/saml/slo',
      fields: [{ name: 'SAMLRequest', value: hostile }],
    },
    silent: false,
    onUrl: '/logout/services/x',
  }),
  entry('logout-visit-silent', 'logout/visit', {
    service: longName,
    url: 'https://wiki.northgate.example/saml/slo?SAMLRequest=x&RelayState=y',
    form: null,
    silent: true,
    onUrl: '/logout/services/x',
  }),
  entry('home', 'home', home),
  entry('home-signed-in', 'home', {
    ...home,
    person: { name: 'Anna Lind' },
    services,
    signOut: { action: '/logout', csrf: 'c', step: 'home' },
  }),
  entry('home-nothing', 'home', { ...home, person: { name: 'Anna Lind' } }),
  entry('home-demo', 'home', { ...home, demo }, 'Drawbridge'),
  entry(
    'home-demo-signed-in',
    'home',
    {
      ...home,
      person: { name: 'Anna Lind' },
      services: services.slice(0, 2),
      demo: { ...demo, password: null },
      signOut: { action: '/logout', csrf: 'c', step: 'home' },
    },
    'Drawbridge',
  ),
  entry('error-expired', 'errors/error', {
    failure: failed('sign_in_expired'),
    retryUrl: '/',
    service: 'Payroll',
    serviceUrl: 'https://payroll.northgate.example/',
  }),
  entry('ended-at-account', 'errors/error', {
    failure: failed('sign_in_expired'),
    retryUrl: null,
    service: null,
    serviceUrl: '/account/continue/home',
  }),
  // Pictures of the guide for administrators of Microsoft 365.
  entry('microsoft-365-password', 'login/password', {
    ...passwordForm,
    service: 'Microsoft 365',
    username: 'anna.lind@northgate.example',
  }),
  entry('microsoft-365-push', 'factors/push', {
    ...{ ...factor, ...waiting, service: 'Microsoft 365' },
    alternatives: ['otp', 'recovery-code'],
  }),
  entry('microsoft-365-enrol', 'factors/otp-enrol', {
    ...{ ...factor, ...enrolment, service: 'Microsoft 365', alternatives: [] },
  }),
  ...[...new Set((Object.keys(failureReasons) as FailureReason[]).map(shownReason))].map((reason) =>
    entry(`error-${reason}`, 'errors/error', {
      failure: failed(reason),
      retryUrl: null,
      service: null,
      serviceUrl: null,
    }),
  ),
];
