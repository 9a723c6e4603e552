import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { accountParty } from '../account/account-party.js';
import { describeProblem } from '../config/configuration-problem.js';
import { carryOutImport } from '../protocols/saml/partners/carry-out-import.js';
import type { Fault } from '../protocols/saml/partners/fault.js';
import { planImport } from '../protocols/saml/partners/plan-import.js';
import { printLine, UsageError, type Command, type CommandIo } from './command.js';
import { withConfiguredParties } from './configured-parties.js';
import { describePartner } from './describe-partner.js';
import { readNamedDocument } from './metadata-source.js';
import { printable } from './printable.js';

const nameIds = ['persistent', 'transient', 'email'] as const;

export const rpImport: Command = {
  name: 'rp import',
  summary: 'Add a SAML service, or update it, from its metadata',
  usage: `rp import FILE|URL|- --id ID [--name "NAME"] [--entity-id ENTITY] [--certificate PIN.pem]
          [--name-id persistent|transient|email] [--attribute SENT=FIELD]... [--dry-run]

FILE|URL|-     the metadata: a file, an https URL (it is fetched again before it goes stale), or - to paste it
--id           the short name it gets here; with that of a service that was imported before, this one is updated
--name         shown to people
--entity-id    which service is meant, where the metadata describes several
--certificate  PEM of those who sign the metadata; it is refused without their signature, now and later
--name-id      how the service knows people (default: persistent)
--attribute    what else it is told of people, such as mail=mail; replaces all from before
--dry-run      says what would happen and changes nothing`,
  async run(args, io) {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: {
        id: { type: 'string' },
        name: { type: 'string' },
        'entity-id': { type: 'string' },
        certificate: { type: 'string' },
        'name-id': { type: 'string' },
        attribute: { type: 'string', multiple: true },
        'dry-run': { type: 'boolean' },
      },
    });
    const [named] = positionals;
    const { id, name = null, 'entity-id': entityId = null, certificate: pinFile } = values;
    if (named === undefined || positionals.length !== 1) throw new UsageError('Name the metadata.');
    if (id === undefined) throw new UsageError('Give the service a short name: --id intranet.');
    if (id === accountParty.id) {
      throw new UsageError(`--id ${id} is taken by the account page; choose another.`);
    }
    const nameId = nameIds.find((one) => one === values['name-id']) ?? null;
    if (values['name-id'] !== undefined && nameId === null) {
      throw new UsageError(`--name-id is ${nameIds.join(', ')}.`);
    }
    const attributes = values.attribute === undefined ? null : readAttributes(values.attribute);
    const certificate = pinFile === undefined ? null : await readPin(pinFile, io);
    return withConfiguredParties(io, async (parts) => {
      const read = await readNamedDocument(named, io, parts.configuration.oidc.privateHosts);
      if (!read.ok) return refuse(named, [read.failure], io);
      const { document, url, source } = read.value;
      const request = { id, document, url, name, entityId, certificate, nameId, attributes };
      const planned = await planImport(request, { ...parts, now: parts.clock.now() });
      if (!planned.ok) return refuse(named, planned.failure, io);
      const plan = planned.value;
      const how = plan.replaces ? 'replaces what was imported before' : 'new';
      printLine(io.stdout, printable(`${'Service'.padEnd(15)} ${id}, ${plan.party.name} (${how})`));
      const signature = plan.verified ? 'verified' : 'not looked at: no certificate is pinned';
      printLine(io.stdout, `${'Signature'.padEnd(15)} ${signature}`);
      for (const line of describePartner(plan.metadata, plan.settings)) printLine(io.stdout, line);
      if (values['dry-run'] === true) {
        printLine(io.stdout, '\nNothing was changed.');
        return 0;
      }
      await carryOutImport(plan, source, parts);
      printLine(io.stdout, '\nImported. Running servers know it within a second.');
      return 0;
    });
  },
};

async function readPin(file: string, io: CommandIo): Promise<string> {
  try {
    return await readFile(resolve(io.cwd, file), 'utf8');
  } catch {
    throw new UsageError(`--certificate names a file that cannot be read: ${file}`);
  }
}

function readAttributes(written: readonly string[]): Record<string, string> {
  const attributes = written.map((one) => {
    const at = one.lastIndexOf('=');
    if (at < 1 || at === one.length - 1) {
      throw new UsageError(`--attribute is NAME=FIELD, for instance mail=mail, not ${one}.`);
    }
    return [one.slice(0, at), one.slice(at + 1)] as const;
  });
  return Object.fromEntries(attributes);
}

function refuse(named: string, faults: readonly Fault[], io: CommandIo): number {
  const path = named === '-' ? 'what was pasted' : named;
  for (const fault of faults) {
    const lines = describeProblem({ file: null, path, ...fault }).split('\n');
    for (const line of lines) printLine(io.stderr, printable(line));
  }
  printLine(io.stderr, '\nNothing was changed.');
  return 1;
}
