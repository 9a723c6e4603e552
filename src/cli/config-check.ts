import { parseArgs } from 'node:util';
import { accountParty } from '../account/account-party.js';
import { describeProblem, type ConfigurationProblem } from '../config/configuration-problem.js';
import type { Configuration } from '../config/configuration.js';
import { loadConfiguration } from '../config/load-configuration.js';
import type { ProtocolSection } from '../relying-parties/relying-party-document.js';
import { readRelyingPartyFiles } from '../relying-parties/relying-party-files.js';
import type { RelyingParty } from '../relying-parties/relying-party.js';
import { describeUnknownService, unknownServices } from '../relying-parties/unknown-services.js';
import { everyProblem } from '../server/every-problem.js';
import { printLine, type Command, type CommandIo } from './command.js';

/** `config check`: reads everything a start would read and says what is wrong, or what holds. */
export function createConfigCheck(sections: readonly ProtocolSection[]): Command {
  return {
    name: 'config check',
    summary: 'Check the configuration and the relying parties without starting',
    usage: `config check

Reads the file named by DRAWBRIDGE_CONFIG and the relying-party files it names. Prints every problem with
its place and its remedy and ends with 1, or prints what holds and ends with 0. What may be
meant otherwise than it is written is printed too, and is no problem.`,
    async run(args, io) {
      parseArgs({ args, options: {} });
      const loaded = await loadConfiguration(io.env, io.cwd);
      if (!loaded.ok) {
        const { env, cwd } = io;
        return refuse(await everyProblem(loaded.failure, { env, cwd, sections }), io);
      }
      const { relyingPartyFiles, policy } = loaded.value;
      const parties = await readRelyingPartyFiles(relyingPartyFiles, io.env, sections, policy);
      if (!parties.ok) return refuse(parties.failure, io);
      for (const line of describeConfiguration(loaded.value)) printLine(io.stdout, line);
      for (const line of describeParties(parties.value)) printLine(io.stdout, line);
      for (const line of describeRemarks(policy.rules, parties.value)) printLine(io.stdout, line);
      printLine(io.stdout, '\nNo problems found.');
      return 0;
    },
  };
}

function refuse(problems: readonly ConfigurationProblem[], io: CommandIo): number {
  for (const problem of problems) printLine(io.stderr, describeProblem(problem));
  printLine(io.stderr, `\n${problems.length} ${problems.length === 1 ? 'problem' : 'problems'}.`);
  return 1;
}

function describeConfiguration(configuration: Configuration): string[] {
  const { publicUrl, listen, redis, database, mail, encryptionKeys } = configuration;
  const rows: [string, string][] = [
    ['Configuration', configuration.file ?? 'none (DRAWBRIDGE_CONFIG is not set): demo mode'],
    ['Public URL', publicUrl.base],
    ['Listens on', `${listen.host}:${listen.port}`],
    [
      'Short-lived state',
      redis === null ? 'in the memory of one server process' : describeRedis(redis),
    ],
    ['Database', 'file' in database ? `embedded, ${database.file}` : 'PostgreSQL'],
    ['Encryption key', `set, with ${encryptionKeys.previous.length} earlier`],
    [
      'Mail',
      mail.kind === 'smtp'
        ? `sent as ${mail.from}`
        : `written to ${mail.folder}, not sent to anybody`,
    ],
    [
      'Policy',
      `${configuration.policy.factors} factors, ${configuration.policy.rules.length} rules`,
    ],
  ];
  return rows.map(([label, value]) => `${label.padEnd(18)} ${value}`);
}

function describeRedis(redis: NonNullable<Configuration['redis']>): string {
  return 'url' in redis
    ? 'Redis'
    : `Redis ${redis.name} behind ${redis.sentinels.length} Sentinels`;
}

function describeParties(parties: readonly RelyingParty[]): string[] {
  const width = Math.max(0, ...parties.map(({ id }) => id.length));
  return [
    `\nRelying parties    ${parties.length}`,
    ...parties.map(({ id, name, protocol, enabled, thirdParty, policy }) => {
      const remarks = [
        protocol,
        `${policy.factors} ${policy.factors === 1 ? 'factor' : 'factors'}`,
      ];
      if (thirdParty) remarks.push('third party');
      if (!enabled) remarks.push('disabled');
      return `  ${id.padEnd(width)}  ${name} (${remarks.join(', ')})`;
    }),
  ];
}

function describeRemarks(
  rules: Configuration['policy']['rules'],
  parties: readonly RelyingParty[],
) {
  const unknown = unknownServices(rules, parties, [accountParty.id]);
  if (unknown.length === 0) return [];
  return [
    '\nWorth a look (services that were imported or registered are not known here)',
    ...unknown.map((each) => `  ${describeUnknownService(each)}`),
  ];
}
