/** Secrets of authenticator apps and devices as a file gives them, each its own credential. */
export interface OtpSecretFields {
  /** Base32, time-based. */
  totpSecret?: string;
  /** Base32, counting presses. */
  hotpSecret?: string;
  /** The counter of the next code; 0 when absent. */
  hotpCounter?: string;
  /** `otpauth://…` with all its parameters. */
  otpUri?: string;
}

/** A person as a file describes them; what is absent there is absent here. */
export interface ImportRecord extends OtpSecretFields {
  /** Where it begins in the file, counted from 1. */
  line: number;
  username: string;
  name: string;
  mail?: string;
  upn?: string;
  locale?: string;
  groups?: readonly string[];
  attributes?: Readonly<Record<string, readonly string[]>>;
  passwordHash?: string;
}

/** What is wrong and where. Never contains a value of the file. */
export interface ImportProblem {
  line: number;
  message: string;
}

export interface ReadRecords {
  records: ImportRecord[];
  problems: ImportProblem[];
}

/** People that one file may hold. */
export const mostRecords = 100_000;

/** Names in files, and what they are called here. */
export const textFields = {
  username: 'username',
  name: 'name',
  mail: 'mail',
  upn: 'upn',
  locale: 'locale',
  password_hash: 'passwordHash',
  totp_secret: 'totpSecret',
  hotp_secret: 'hotpSecret',
  hotp_counter: 'hotpCounter',
  otp_uri: 'otpUri',
} as const satisfies Record<string, keyof ImportRecord>;

export type TextField = keyof typeof textFields;

export const isTextField = (name: string): name is TextField => Object.hasOwn(textFields, name);
