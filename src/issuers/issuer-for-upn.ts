export interface ChoiceOfIssuer {
  /** Domains whose people may be asserted at all; `null`: all that an issuer speaks for. */
  domains: readonly string[] | null;
  /** Id of the one issuer that may answer; `null`: whichever it is. */
  only: string | null;
}

/** Whether somebody with this UPN could be asserted at all, by whichever issuer. */
export function isOfDomains(upn: string | null, domains: readonly string[] | null): boolean {
  return !('impossible' in issuerForUpn(upn, { domains, only: null }, (domain) => domain));
}

/**
 * In whose name a person is asserted where domains decide it. Pure. Nobody is by an issuer that does not speak for the
 * domain of their UPN, for whoever could be would be taken for somebody else's people: a service that tells tenants apart
 * by domain believes the name it is told. Domains below are others, unless they are listed themselves.
 * @param ofDomain id of the issuer that speaks for a domain, given in lower case
 * @returns its id, or what is in the way
 */
export function issuerForUpn(
  upn: string | null,
  { domains, only }: ChoiceOfIssuer,
  ofDomain: (domain: string) => string | null,
): { id: string } | { impossible: string } {
  const written = upn === null ? null : (/^[^@]+@([^@]+)$/.exec(upn)?.[1] ?? null);
  if (written === null) return { impossible: 'no-upn' };
  // Lower case makes an ASCII letter of some that are none (the Kelvin sign), and so one domain of another.
  if (!/^[\x21-\x7e]+$/.test(written)) return { impossible: 'upn-domain-not-ascii' };
  const domain = written.toLowerCase();
  if (domains?.some((one) => one.toLowerCase() === domain) === false) {
    return { impossible: 'upn-not-federated' };
  }
  const id = ofDomain(domain);
  if (id === null) return { impossible: 'no-issuer-for-upn' };
  return only === null || only === id ? { id } : { impossible: 'upn-of-another-issuer' };
}
