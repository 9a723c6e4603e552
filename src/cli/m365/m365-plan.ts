import { parseArgs } from 'node:util';
import { printLine, UsageError, type Command } from '../command.js';
import { printable } from '../printable.js';
import { chosenFederation, chosenMfa, chosenProtocol, readNamed } from './choices.js';
import { readTenantDomains, type TenantDomain } from './federation-settings.js';
import { withOurSide, type OurSide } from './our-side.js';
import { planText } from './plan-text.js';

export const m365Plan: Command = {
  name: 'm365 plan',
  summary: 'Say what would change in a Microsoft 365 tenant, from its federation settings',
  usage: `m365 plan [SETTINGS.json|-] [--domain DOMAIN] [--protocol saml|wsfed] [--mfa accept|enforce|reject]

SETTINGS.json  what Get-MgDomainFederationConfiguration -DomainId DOMAIN | ConvertTo-Json -Depth 5 printed, or for
               several domains what Graph answers to GET /domains?$expand=federationConfiguration;
               left out: nothing is federated yet
--domain       left out: every domain that an issuer speaks for
--protocol     left out: the one of the settings, or wsfed, by which Entra finds new certificates by itself
--mfa          who asks for a second factor; left out: enforce by wsfed, accept by saml

Nothing is changed in the tenant. Like every command about people and keys it brings the database here to this version,
and makes the keys of an issuer that has none yet.`,
  async run(args, io) {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: {
        domain: { type: 'string' },
        protocol: { type: 'string' },
        mfa: { type: 'string' },
      },
    });
    if (positionals.length > 1) throw new UsageError('Name one file of settings.');
    const [file] = positionals;
    const protocol = chosenProtocol(values.protocol);
    const mfa = chosenMfa(values.mfa);
    const read = file === undefined ? null : readTenantDomains(await readNamed(file, io));
    if (read?.ok === false) throw new UsageError(`${file} ${read.failure}`);
    const tenant = read?.value ?? [];
    return withOurSide(io, async (ours) => {
      const blocks = domainsToPlan(ours, values.domain, tenant).map(({ domain, theirs }) => {
        const federation = chosenFederation(ours, { domain, protocol, mfa, theirs });
        return planText(theirs, federation, ours.now());
      });
      const lines = blocks.flatMap((block, index) => (index === 0 ? block : ['', ...block]));
      for (const line of [...lines, ...strangers(ours, tenant)])
        printLine(io.stdout, printable(line));
      return 0;
    });
  },
};

/** Which of our domains, and what the tenant has for each. @throws UsageError where that cannot be told */
function domainsToPlan(
  ours: OurSide,
  named: string | undefined,
  tenant: readonly TenantDomain[],
): { domain: string | undefined; theirs: TenantDomain['settings'] }[] {
  const own = ours.issuers.flatMap(({ domains }) => domains);
  const wanted = named?.toLowerCase();
  const [first] = tenant;
  if (tenant.length === 1 && first?.name === null) {
    return [{ domain: wanted, theirs: first.settings }];
  }
  if (tenant.some(({ name }) => name === null)) {
    throw new UsageError(
      'Of several configurations each has to say its domain: add it to each as domainId, or give one at a time.',
    );
  }
  const domains: readonly (string | undefined)[] =
    wanted !== undefined || own.length === 0 ? [wanted] : own;
  return domains.map((domain) => ({
    domain,
    theirs: tenant.find(({ name }) => name === domain)?.settings ?? null,
  }));
}

/** Domains of the tenant that nobody here speaks for, so that their absence surprises nobody. */
function strangers(ours: OurSide, tenant: readonly TenantDomain[]): string[] {
  const own = new Set(ours.issuers.flatMap(({ domains }) => domains));
  const others = tenant.flatMap(({ name, settings }) =>
    name === null || settings === null || own.has(name)
      ? []
      : [`${name}  federated with ${settings.issuerUri ?? settings.passiveSignInUri}`],
  );
  return others.length === 0
    ? []
    : ['', 'Nobody here speaks for these, and nothing of them would change:', ...others];
}
