import { parseArgs } from 'node:util';
import { printLine, UsageError, type Command } from '../command.js';
import { printable } from '../printable.js';
import { chosenFederation, chosenMfa, chosenProtocol, readSettingsFile } from './choices.js';
import { withOurSide } from './our-side.js';
import { planText } from './plan-text.js';

export const m365Plan: Command = {
  name: 'm365 plan',
  summary: 'Say what would change in a Microsoft 365 tenant, from its federation settings',
  usage: `m365 plan [SETTINGS.json|-] [--domain DOMAIN] [--protocol saml|wsfed] [--mfa accept|enforce|reject]

SETTINGS.json  what Get-MgDomainFederationConfiguration -DomainId DOMAIN | ConvertTo-Json -Depth 5 printed;
               left out: the domain is not federated yet
--domain       left out: the only one that an issuer speaks for
--protocol     left out: the one of the settings, or wsfed, by which Entra finds new certificates by itself
--mfa          who asks for a second factor; left out: enforce by wsfed, accept by saml

Nothing is changed, here or there.`,
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
    const theirs = file === undefined ? null : await readSettingsFile(file, io);
    return withOurSide(io, async (ours) => {
      const federation = chosenFederation(ours, { domain: values.domain, protocol, mfa, theirs });
      for (const line of planText(theirs, federation, ours.now()))
        printLine(io.stdout, printable(line));
      return 0;
    });
  },
};
