import { parseArgs } from 'node:util';
import type { OidcSettings } from '../protocols/oidc/client-settings.js';
import type { SamlSettings } from '../protocols/saml/saml-settings.js';
import { allParties, describeState } from './all-parties.js';
import { printLine, UsageError, type Command } from './command.js';
import { withConfiguredParties } from './configured-parties.js';
import { describeClient } from './describe-client.js';
import { describePartner } from './describe-partner.js';
import { printable, printableTime } from './printable.js';

export const rpShow: Command = {
  name: 'rp show',
  summary: 'Show a service: who it is, where answers go, what it is told of people',
  usage: 'rp show ID',
  async run(args, io) {
    const { positionals } = parseArgs({ args, allowPositionals: true });
    const [id] = positionals;
    if (id === undefined || positionals.length !== 1) throw new UsageError('Name the service.');
    return withConfiguredParties(io, async (parts) => {
      const { parties, states, metadata } = await allParties(parts);
      const found = parties.find(({ party }) => party.id === id);
      if (found === undefined) {
        printLine(io.stderr, printable(`There is no service ${id}.`));
        return 1;
      }
      const { party, from } = found;
      const line = (label: string, value: string) =>
        printLine(io.stdout, printable(`${label.padEnd(15)} ${value}`));
      line('Service', `${party.id}, ${party.name}${party.enabled ? '' : ' (disabled)'}`);
      line('Described in', from === 'file' ? 'a file' : `the database (${from})`);
      line('Protocol', party.protocol);
      if (party.thirdParty) line('People', 'are asked before anything goes there');
      if (party.protocol === 'oidc') {
        for (const text of describeClient(party.settings as OidcSettings)) {
          printLine(io.stdout, text);
        }
      }
      const state = states.get(id);
      if (state === undefined) return 0;
      const settings = party.settings as SamlSettings;
      const row = metadata.get(id);
      line('State', describeState(state, parts.clock.now()));
      if (settings.metadata_url !== undefined) line('Fetched from', settings.metadata_url);
      if (state.lastError !== null) line('Last attempt', state.lastError);
      if (row?.refreshAt) line('Next attempt', printableTime(row.refreshAt));
      const known = settings.metadata ?? row?.metadata ?? null;
      if (known !== null) {
        for (const text of describePartner(known, settings)) printLine(io.stdout, text);
      }
      return 0;
    });
  },
};
