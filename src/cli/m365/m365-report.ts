import { parseArgs } from 'node:util';
import { guidOfImmutableId } from '../../directory/immutable-id.js';
import type { Person } from '../../directory/person.js';
import { domainOf, type FederatedDomain, type TenantUsers } from '../../entra-twin/tenant.js';
import { firstFailure } from '../../entra-twin/verdict.js';
import { printLine, UsageError, type Command, type CommandIo } from '../command.js';
import { printable } from '../printable.js';
import { readUsersFile } from './choices.js';
import { federatedDomain } from './federated-domain.js';
import { attributeBehind, whyNoImmutableId } from './immutable-id-source.js';
import { ourFederation } from './our-federation.js';
import { withOurSide, type OurSide } from './our-side.js';
import { everybody, nobodyThere, sentAsImmutableId } from './people-to-rehearse.js';
import { sharedImmutableIds } from './shared-immutable-ids.js';
import { judgeUnsigned, wouldBeSent } from './would-be-sent.js';

export const m365Report: Command = {
  name: 'm365 report',
  summary: 'Say for each person what Microsoft 365 would be sent, and what it would say to that',
  usage: `m365 report [USERNAME...] [--tenant-users FILE]

USERNAME        user name, mail address or UPN; left out: everybody whose UPN is of a federated domain
--tenant-users  who is there (Get-MgUser -All -Property UserPrincipalName, OnPremisesImmutableId |
                Select-Object UserPrincipalName, OnPremisesImmutableId | ConvertTo-Json)

Computed, not signed. Ends with 1 when somebody could not get in, or nobody is there.`,
  async run(args, io) {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: { 'tenant-users': { type: 'string' } },
    });
    const users = await readUsersFile(values['tenant-users'], io);
    return withOurSide(io, (ours) => report(ours, positionals, users, io));
  },
};

async function report(
  ours: OurSide,
  names: readonly string[],
  users: TenantUsers | null,
  io: CommandIo,
): Promise<number> {
  const field = sentAsImmutableId(ours);
  const federated = federatedDomains(ours);
  const alsoOf = await sharedImmutableIds(everybody(ours), field);
  let refused = 0;
  let people = 0;
  for await (const person of names.length === 0 ? everybody(ours) : named(ours, names)) {
    const issuer = federated.get(domainOf(person.upn ?? ''));
    if (names.length === 0 && issuer === undefined) continue;
    const domains = issuer === undefined ? [] : [issuer];
    const failed = firstFailure(judgeUnsigned(person, field, { users, domains }, alsoOf(person)));
    people += 1;
    if (failed !== null) refused += 1;
    for (const line of linesOf(person, field, issuer ?? null))
      printLine(io.stdout, printable(line));
    const verdict =
      failed === null
        ? users === null
          ? 'nothing against it, as far as can be told without --tenant-users'
          : 'lets them in'
        : `${failed.code ?? 'nothing: it never gets there'}: ${failed.rule}, but ${failed.detail}`;
    printLine(io.stdout, printable(`  Entra says   ${verdict}`));
  }
  if (people === 0) {
    printLine(io.stderr, nobodyThere([...federated.keys()]));
    return 1;
  }
  printLine(io.stdout, `\n${people} people, ${refused} of them could not get in.`);
  return refused === 0 ? 0 : 1;
}

function linesOf(person: Person, field: string, domain: FederatedDomain | null): string[] {
  const sent = wouldBeSent(person, field);
  const immutableId = sent?.immutableId ?? null;
  const guid = immutableId === null ? null : guidOfImmutableId(immutableId);
  const from =
    sent !== null && immutableId === null
      ? whyNoImmutableId(person, field)
      : `from ${attributeBehind(field)}`;
  return [
    person.username,
    `  UPN          ${sent?.upn ?? 'none'}`,
    `  ImmutableID  ${immutableId ?? 'none'} (${from}${guid === null ? '' : `, GUID ${guid}`})`,
    `  Issuer       ${domain?.issuerUri ?? 'none: the domain is not federated, so nothing is sent'}`,
  ];
}

/** By domain, as the tenant would have them. */
function federatedDomains(ours: OurSide): ReadonlyMap<string, FederatedDomain> {
  const choices = {
    publicUrl: ours.publicUrl,
    displayName: ours.organisation,
    protocol: 'wsFed',
  } as const;
  return new Map(
    ours.issuers.flatMap((issuer) =>
      issuer.domains.map((domain) => [
        domain,
        federatedDomain(ourFederation(domain, issuer, choices), null),
      ]),
    ),
  );
}

async function* named(
  { people }: Pick<OurSide, 'people'>,
  names: readonly string[],
): AsyncGenerator<Person> {
  for (const name of names) {
    const person = await people.findByAlias(name);
    if (person === null) throw new UsageError(`There is no ${name}.`);
    yield person;
  }
}
