import type { AccountNotice } from '../web/page-models.js';
import type { AccountLevel } from './account-request.js';

/** Pages that a sign-in can lead to, and what each needs. */
const pages = {
  home: { path: '/account', level: 'entry' },
  password: { path: '/account/password', level: 'change' },
  phones: { path: '/account/phones/add', level: 'change' },
  factors: { path: '/account/factors/new', level: 'change' },
} as const satisfies Record<string, { path: string; level: AccountLevel }>;

export type AccountPage = keyof typeof pages;

export const isAccountPage = (text: unknown): text is AccountPage =>
  typeof text === 'string' && Object.hasOwn(pages, text);

export const levelOf = (page: AccountPage): AccountLevel => pages[page].level;

export const pathOf = (page: AccountPage, notice: AccountNotice | null = null): string =>
  pages[page].path + query(notice);

/** Where a sign-in returns to that was started for a page. */
export const continuePath = (page: AccountPage, notice: AccountNotice | null = null): string =>
  `/account/continue/${page}${query(notice)}`;

const query = (notice: AccountNotice | null) => (notice === null ? '' : `?done=${notice}`);

const notices: ReadonlySet<string> = new Set<AccountNotice>([
  'password_changed',
  'factor_added',
  'factor_removed',
  'codes_unlocked',
  'recovery_codes_saved',
  'session_ended',
  'phone_added',
  'phone_refused',
  'phone_renamed',
  'phone_removed',
]);

/** What `?done=` says; `null` for anything that is not one of our notices. */
export function readNotice(query: Readonly<Record<string, unknown>>): AccountNotice | null {
  const done = query['done'];
  return typeof done === 'string' && notices.has(done) ? (done as AccountNotice) : null;
}
