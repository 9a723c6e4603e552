import { parseArgs } from 'node:util';
import { withAccountParty } from '../account/account-party.js';
import { describeProblem } from '../config/configuration-problem.js';
import type { Configuration } from '../config/configuration.js';
import { loadConfiguration } from '../config/load-configuration.js';
import { createLocalPeopleReader } from '../directory/local/read-people.js';
import type { Person } from '../directory/person.js';
import { decidePolicy, type PolicyDecision } from '../relying-parties/decide-policy.js';
import { readRelyingPartyFiles } from '../relying-parties/relying-party-files.js';
import type { RelyingParty } from '../relying-parties/relying-party.js';
import { createReplaceableRegistry } from '../relying-parties/replaceable-registry.js';
import type { ProtocolSection } from '../relying-parties/relying-party-document.js';
import { migrate } from '../storage/sql/migrate.js';
import { openSqlDatabase } from '../storage/sql/open-sql-database.js';
import { addressIn } from '../web/client-address.js';
import { printLine, UsageError, type Command, type CommandIo } from './command.js';

/** The decision that a sign-in would meet, with everything it was made from. Nothing is changed. */
export function createPolicyExplain(sections: readonly ProtocolSection[]): Command {
  return {
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
      const loaded = await loadConfiguration(io.env, io.cwd);
      if (!loaded.ok) return refuse(io, loaded.failure.map(describeProblem));
      const configuration = loaded.value;
      const { policy } = configuration;
      const parties = await readRelyingPartyFiles(
        configuration.relyingPartyFiles,
        io.env,
        sections,
        { factors: policy.factors, maxAge: policy.maxAge },
      );
      if (!parties.ok) return refuse(io, parties.failure.map(describeProblem));
      const registry = withAccountParty(createReplaceableRegistry(parties.value, () => {}));
      const relyingParty = registry.byId(relyingPartyId);
      if (relyingParty === null)
        return refuse(io, [`There is no relying party "${relyingPartyId}".`]);
      const person = await findPerson(configuration, username);
      if (person === null) return refuse(io, [`There is nobody called "${username}".`]);
      const address = values.address ?? 'unknown';
      const decision = decidePolicy(
        {
          relyingParty,
          person,
          inNetworks: (networks) => addressIn(address, networks),
          asked: { factors: factors === '2' ? 2 : 1, maxAge: null, allowedFactors: null },
        },
        policy.rules,
      );
      for (const line of describe(relyingParty, person, address, decision)) {
        printLine(io.stdout, line);
      }
      return 0;
    },
  };
}

async function findPerson(configuration: Configuration, username: string): Promise<Person | null> {
  const database = await openSqlDatabase(configuration.database);
  try {
    await migrate(database);
    return await createLocalPeopleReader(database).findByAlias(username);
  } finally {
    await database.close();
  }
}

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

function refuse(io: CommandIo, lines: readonly string[]): number {
  for (const line of lines) printLine(io.stderr, line);
  return 1;
}
