import { parseArgs } from 'node:util';
import { withAccountParty } from '../account/account-party.js';
import { createLocalPeopleReader } from '../directory/local/read-people.js';
import type { Person } from '../directory/person.js';
import { decidePolicy, type PolicyDecision } from '../relying-parties/decide-policy.js';
import type { RelyingParty } from '../relying-parties/relying-party.js';
import { createReplaceableRegistry } from '../relying-parties/replaceable-registry.js';
import { addressIn } from '../web/client-address.js';
import { allParties } from './all-parties.js';
import { printLine, UsageError, type Command, type CommandIo } from './command.js';
import { withConfiguredParties } from './configured-parties.js';
import { printable } from './printable.js';

/** The decision that a sign-in would meet, with everything it was made from. Nothing is changed. */
export const policyExplain: Command = {
  name: 'policy explain',
  summary: 'Show what a person would have to prove to enter a service, and which rule says so',
  usage: `policy explain RELYING_PARTY USERNAME [--address IP] [--factors 1|2]

RELYING_PARTY  its id, or "account" for the account pages
USERNAME       user name, mail or UPN
--address      where the person would sign in from; without it, from nowhere known
--factors      what the service itself would ask for (default 1)`,
  async run(args, io) {
    const { values, positionals } = parseArgs({
      args,
      options: { address: { type: 'string' }, factors: { type: 'string' } },
      allowPositionals: true,
    });
    const [relyingPartyId, username] = positionals;
    const factors = values.factors ?? '1';
    if (relyingPartyId === undefined || username === undefined || positionals.length !== 2) {
      throw new UsageError('Name the relying party and the person.');
    }
    if (factors !== '1' && factors !== '2') throw new UsageError('--factors is 1 or 2.');
    return withConfiguredParties(io, async (parts) => {
      const parties = (await allParties(parts)).parties.map(({ party }) => party);
      const registry = withAccountParty(createReplaceableRegistry(parties, () => {}));
      const relyingParty = registry.byId(relyingPartyId);
      if (relyingParty === null) {
        return refuse(io, `There is no relying party "${relyingPartyId}".`);
      }
      const person = await createLocalPeopleReader(parts.database).findByAlias(username);
      if (person === null) return refuse(io, `There is nobody called "${username}".`);
      const address = values.address ?? 'unknown';
      const decision = decidePolicy(
        {
          relyingParty,
          person,
          inNetworks: (networks) => addressIn(address, networks),
          asked: { factors: factors === '2' ? 2 : 1, maxAge: null, allowedFactors: null },
        },
        parts.configuration.policy.rules,
      );
      for (const line of describe(relyingParty, person, address, decision)) {
        printLine(io.stdout, line);
      }
      return 0;
    });
  },
};

function describe(
  relyingParty: RelyingParty,
  person: Person,
  address: string,
  decision: PolicyDecision,
): string[] {
  const inputs = [
    `Service        ${[relyingParty.id, relyingParty.name].filter(Boolean).join(', ')}, ${relyingParty.enabled ? 'enabled' : 'disabled'}`,
    `Person         ${person.username} (${person.name})${person.disabled ? ', disabled' : ''}`,
    `Groups         ${person.groups.join(', ') || 'none'}`,
    `Address        ${address}`,
    `Decided by     ${decision.rule}`,
  ];
  if (!decision.allowed) return [...inputs, 'Answer         not let in'];
  return [
    ...inputs,
    `Answer         ${person.disabled ? 'not let in: the person is disabled' : `${decision.factors} factor${decision.factors === 2 ? 's of different kinds' : ''}`}`,
    `Not older than ${decision.maxAge === null ? 'the session' : `${decision.maxAge / 60_000} minutes`}`,
    `Factors        ${decision.allowedFactors?.join(', ') ?? 'any'}`,
  ];
}

function refuse(io: CommandIo, line: string): number {
  printLine(io.stderr, printable(line));
  return 1;
}
