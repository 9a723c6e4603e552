/** The values of every mail. Times are milliseconds since the epoch, links complete. */
export interface MailModels {
  'first-password': MailToPerson & { link: string; validHours: number };
  'password-reset': MailToPerson & { link: string; validMinutes: number };
  'password-changed': MailToPerson & Happening;
  'factor-added': MailToPerson & Happening & { factor: string; label: string };
  'factor-removed': MailToPerson & Happening & { factor: string; label: string };
  'recovery-code-used': MailToPerson & Happening & { remaining: number };
  'recovery-codes-generated': MailToPerson & Happening;
  /** To the operator. `text` says in full what is wrong and what to do. */
  alarm: { alarm: string; text: string; at: number };
}

export type MailName = keyof MailModels;

export interface MailToPerson {
  name: string;
  username: string;
}

/** When, and where from; an address is unknown when the help desk or a command did it. */
export interface Happening {
  at: number;
  address: string | null;
}
