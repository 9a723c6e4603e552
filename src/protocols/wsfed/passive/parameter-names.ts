const names = [
  'wa',
  'wtrealm',
  'wreply',
  'wctx',
  'wct',
  'wauth',
  'wfresh',
  'mfa_max_age',
  'whr',
  'username',
  'login_hint',
  'prompt',
] as const;

/** What is read of a request; everything else in it means nothing here. */
export type Parameters = Readonly<Partial<Record<(typeof names)[number], string>>>;

export const parameterNames: ReadonlySet<string> = new Set(names);
