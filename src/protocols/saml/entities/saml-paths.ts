import { defaultIssuerId } from '../../../issuers/issuers.js';

/** Paths below the public URL, the same for every binding. */
export interface SamlPaths {
  metadata: string;
  singleSignOn: string;
  singleLogout: string;
}

/** The default issuer is at `/saml`, every other one at a segment of its own below. */
export function samlPaths(issuer: string): SamlPaths {
  const root = issuer === defaultIssuerId ? '/saml' : `/saml/${issuer}`;
  return {
    metadata: `${root}/metadata`,
    singleSignOn: `${root}/sso`,
    singleLogout: `${root}/slo`,
  };
}
