/** The values of every mail. Times are milliseconds since the epoch, links complete. */
export interface MailModels {
  'first-password': MailToPerson & { username: string; link: string; validHours: number };
  'password-reset': MailToPerson & { username: string; link: string; validMinutes: number };
  'password-changed': MailToPerson & Happening;
  'factor-added': MailToPerson & Happening & { factor: string; label?: string };
  'factor-removed': MailToPerson & Happening & { factor: string; label?: string };
  'recovery-code-used': MailToPerson & Happening & { remaining?: number };
  'recovery-codes-generated': MailToPerson & Happening;
  'phone-added': MailToPerson & Happening & { label: string };
  /** `at`: until when it is good. */
  'phone-secret': MailToPerson & { secret: string; at: number };
  'phone-removed': MailToPerson & Happening & { label: string; because: string };
  'phone-locked': MailToPerson & Happening & { label: string };
  'sign-in-disowned': MailToPerson & Happening & { label: string; service: string; place: string };
  'sign-in-reported': MailToPerson & Happening & { service: string; place: string };
  /** To the operator. `detail` says what is wrong and what to do. */
  alarm: { name: string; detail: string };
}

export type MailName = keyof MailModels;

export interface MailToPerson {
  name: string;
}

/** When it happened and, where that is known, to which account and from where. */
export interface Happening {
  at: number;
  username?: string;
  address?: string;
}

/** What a queued mail must carry: its payload comes from a store, where types do not reach. */
export const requiredMailValues: { readonly [Name in MailName]: readonly string[] } = {
  'first-password': ['name', 'username', 'link', 'validHours'],
  'password-reset': ['name', 'username', 'link', 'validMinutes'],
  'password-changed': ['name', 'at'],
  'factor-added': ['name', 'factor', 'at'],
  'factor-removed': ['name', 'factor', 'at'],
  'recovery-code-used': ['name', 'at'],
  'recovery-codes-generated': ['name', 'at'],
  'phone-added': ['name', 'label', 'at'],
  'phone-secret': ['name', 'secret', 'at'],
  'phone-removed': ['name', 'label', 'because', 'at'],
  'phone-locked': ['name', 'label', 'at'],
  'sign-in-disowned': ['name', 'label', 'service', 'place', 'at'],
  'sign-in-reported': ['name', 'service', 'place', 'at'],
  alarm: ['name', 'detail'],
};
