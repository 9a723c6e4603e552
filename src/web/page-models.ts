import type { FailureReason } from '../audit/failure-reasons.js';
import type { FailureView } from './failure-view.js';
import type { QrCode } from './qr-code.js';

/**
 * The values of every page. Each form posts `csrf` and `step` (hidden) to `action`, plus the fields named here.
 * URLs are complete paths (mount path included) or absolute; times are milliseconds since the epoch.
 */
export interface PageModels {
  /** Fields `username`, `password`; `cancel=1` from the cancel button. */
  'login/password': SignInForm & {
    /** Prefilled, always in an input. */
    username: string;
    forgotUrl: string | null;
  };
  /** Field `method` (a factor's name), `cancel`. */
  'login/choose-method': SignInForm & {
    methods: readonly { factor: string; label: string | null }[];
  };
  /** Fields `new_password`, `repeat_password`, `cancel`. The person has just proved the old one. */
  'login/change-password': SignInForm & { username: string; minLength: number };
  /** A page that posts to another site; moves on by itself where scripts run, else by its button. */
  'login/auto-post': {
    action: string;
    fields: readonly { name: string; value: string }[];
    service: string | null;
  };
  /** A 200 page that moves on to another site, where a redirect would be blocked by `form-action`. */
  'login/continue': { url: string; service: string | null };

  /** Field `code`; `method` from the buttons to other methods; `cancel`. */
  'factors/otp': FactorPage;
  /** Field `code`; also `method`, `cancel`. */
  'factors/otp-enrol': FactorPage & OtpEnrolment;
  /** Field `fingerprint` (`same`, `other`); also `method`, `cancel`. Waits as long as the phone has something to do. */
  'factors/push-enrol': FactorPage & { state: AddPhoneState };
  /** Field `code`; also `method`, `cancel`. */
  'factors/recovery-code': FactorPage;
  /** No field but `method` and `cancel`: the answer comes from the phone. */
  'factors/push': FactorPage & PushPrompt;

  'account/home': AccountHome;
  /** Field `method` (a factor's name). Which factor to add. */
  /** Field `fingerprint` (`same`, `other`), `issue` or `cancel`. */
  'account/add-phone': FormModel & { state: AddPhoneState; backUrl: string };
  'account/enrol': FormModel & { factors: readonly string[]; backUrl: string };
  /** Shown once. The form has no field: its button says that the codes are kept. */
  'account/recovery-codes': FormModel & { codes: readonly string[]; service: string | null };
  /** Fields `password`, `new_password`, `repeat_password`. */
  'account/change-password': FormModel & { username: string; minLength: number; backUrl: string };

  /** Field `username`. */
  'password/forgot': FormModel & { username: string; backUrl: string | null };
  /** Same for known and unknown people. */
  'password/forgot-sent': { backUrl: string | null };
  /** Fields `new_password`, `repeat_password`. From a link in a mail; `first` when there was no password. */
  'password/set': FormModel & { username: string; minLength: number; first: boolean };

  /** Field `consent`: `allow` or `deny`. */
  'consent/consent': FormModel & {
    service: string;
    /** Host the answer goes to; empty where it goes to no address but to a device. */
    serviceHost: string;
    account: string;
    /** OAuth scope names; the known ones have a text, others are shown by name. */
    scopes: readonly string[];
  };

  /** Field `user_code`, as a device shows it. */
  'device/code': FormModel & { userCode: string };
  /** Field `device`: `allow` or `deny`. Asks before the sign-in, since the code may have come from somebody else. */
  'device/confirm': FormModel & { service: string; userCode: string };
  'device/done': { allowed: boolean };

  /** Field `logout`: `yes` or `no`. */
  'logout/confirm': FormModel & { service: string | null; account: string | null };
  'logout/signed-out': {
    /** The service that asked, and where it wants people to go: a link, or a form that posts. */
    service: string | null;
    returnUrl: string | null;
    returnForm: PostedForm | null;
    signInUrl: string | null;
    /** Services by name; both empty when there is nothing to report. */
    reached: readonly string[];
    unreached: readonly string[];
    everywhere: boolean;
  };
  /** A service elsewhere said that a sign-out is under way. `accountUrl`: where people sign out who are signed in. */
  'logout/clean-up': { accountUrl: string | null };
  /**
   * Sends the browser to a service that is to be told of a logout: moves on by itself where scripts run, and goes on
   * without the service when that does not answer. One of `url` and `form`.
   */
  'logout/visit': {
    service: string;
    url: string | null;
    form: PostedForm | null;
    /** The service did not answer when it was looked for. */
    silent: boolean;
    /** Goes on without the service. */
    onUrl: string;
  };

  'errors/error': {
    failure: FailureView;
    /** Starts again where that can help. */
    retryUrl: string | null;
    /** The service the person came from; `null` with a URL: their account page. */
    service: string | null;
    serviceUrl: string | null;
  };

  home: HomePage;
}

export type PageName = keyof PageModels;

/** A form for another site, complete but for its button. */
export interface PostedForm {
  action: string;
  fields: readonly { name: string; value: string }[];
}

export interface FormModel {
  action: string;
  csrf: string;
  step: string;
  failure: FailureView | null;
}

/** A page within a sign-in. */
export interface SignInForm extends FormModel {
  /** The relying party's name; `null` on our own pages. */
  service: string | null;
  canCancel: boolean;
}

/**
 * What the sign-in adds to a factor's own values (`FactorPrompt.view.model`) before its page is shown. On
 * `/account` the same pages are used with `service: null` and no alternatives.
 */
export interface FactorPage extends SignInForm {
  /** Who is signing in, as typed. */
  account: string;
  /** Names of other factors that the person can use, or set up, instead. */
  alternatives: readonly string[];
}

/** What the one-time code factor itself gives its enrolment page. */
export interface OtpEnrolment {
  qr: QrCode;
  /** Base32, ungrouped. */
  secret: string;
  /** `otpauth://totp/…` */
  uri: string;
}

/** What the push factor gives its page; without a number nothing was sent, and the failure says why. */
export type PushPrompt =
  | { number: null }
  | {
      number: string;
      expiresAt: number;
      /** The server's time as the page is shown; from the host. */
      now: number;
      /** Names of the phones it was sent to. */
      phones: readonly string[];
    };

/** How far the adding of a phone is. */
export type AddPhoneState =
  | { kind: 'start' | 'not-allowed' | 'begun' | 'active' | 'refused' | 'expired' }
  | {
      kind: 'issued';
      qr: QrCode;
      link: string;
      /** In groups, to be typed. */
      code: string;
      appUrl: string;
      expiresAt: number;
    }
  | { kind: 'completed'; name: string; fingerprint: string };

export interface AccountHome {
  csrf: string;
  step: string;
  failure: FailureView | null;
  /** Something that has just been done, as a key `account.notice.<notice>`. */
  notice: AccountNotice | null;
  person: { name: string; username: string; mail: string | null };
  factors: readonly {
    id: string;
    factor: string;
    /** `null`: the person has not named it. */
    label: string | null;
    createdAt: number;
    lastUsedAt: number | null;
    removable: boolean;
  }[];
  /** Too many wrong codes. */
  codesLocked: boolean;
  phones: readonly {
    id: string;
    name: string;
    createdAt: number;
    lastUsedAt: number | null;
    lastSeenAt: number | null;
    locked: boolean;
    removable: boolean;
  }[];
  /** `null` where recovery codes are not in use. */
  /** `remaining` is null before any were made. */
  recoveryCodes: { remaining: number | null; total: number } | null;
  sessions: readonly {
    id: string;
    userAgent: string;
    address: string;
    startedAt: number;
    lastSeenAt: number;
    current: boolean;
  }[];
  /** The latest first. */
  signIns: readonly {
    /** Names it in the form. */
    id: string;
    at: number;
    /** `null`: our own pages. */
    service: string | null;
    /** Name of a network, or an address. */
    place: string | null;
    browser: string | null;
    /** What was proved, or what failed; `phone`: whose code it was. */
    factors: readonly { factor: string; phone: string | null }[];
    /** Why it was refused, as the reason whose text is shown; `null`: it was not. */
    refused: FailureReason | null;
  }[];
  urls: {
    /** POST `factor` (an enrolment's id). */
    removeFactor: string;
    unlockCodes: string;
    /** GET; `null` when nothing can be added. */
    addFactor: string | null;
    /** GET; `null` when none can be added. */
    addPhone: string | null;
    /** POST `phone` (a phone's id) and `name`. */
    renamePhone: string;
    /** POST `phone`. */
    removePhone: string;
    /** POST `phone`: it is not theirs. It goes, and every sign-in ends. */
    disownPhone: string;
    /** POST; makes new codes and shows them. */
    newRecoveryCodes: string;
    /** GET */
    changePassword: string;
    /** POST `session` (its public id). */
    endSession: string;
    /** POST `sign_in`: it was somebody else. Everything ends, and a new password is demanded. */
    disownSignIn: string;
    /** POST; ends all other and this one. */
    signOutEverywhere: string;
    /** POST */
    signOut: string;
    /** GET `/` */
    home: string;
  };
}

export type AccountNotice =
  | 'password_changed'
  | 'factor_added'
  | 'factor_removed'
  | 'codes_unlocked'
  | 'recovery_codes_saved'
  | 'session_ended'
  | 'phone_added'
  | 'phone_refused'
  | 'phone_renamed'
  | 'phone_removed';

export interface HomePage {
  person: { name: string } | null;
  services: readonly ServiceCard[];
  signInUrl: string;
  accountUrl: string;
  signOut: { action: string; csrf: string; step: string } | null;
  /** Present in demo mode only. */
  demo: {
    /** `about` is the key of a text, here and of people. */
    services: readonly ServiceCard[];
    people: readonly { name: string; username: string; about: string }[];
    /** The page where mail of the demo can be read. */
    mailboxUrl: string;
    /** The demo people's common password, made at the first start. */
    password: string | null;
  } | null;
}

export interface ServiceCard {
  name: string;
  url: string;
  about: string | null;
}
