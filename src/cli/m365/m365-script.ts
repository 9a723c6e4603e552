import { parseArgs } from 'node:util';
import { printLine, UsageError, type Command } from '../command.js';
import { chosenFederation, chosenMfa, chosenProtocol } from './choices.js';
import { ourExternalMfa } from './our-external-mfa.js';
import { withOurSide, type OurSide } from './our-side.js';
import { asciiLine } from './powershell-text.js';
import { externalMfaScript } from './script-external-mfa.js';
import { federateScript } from './script-federate.js';
import { beforeFile, rollBackScript, type WayBack } from './script-roll-back.js';
import { rollCertificateScript } from './script-roll-certificate.js';
import { whyNotFederated } from './why-not-federated.js';

const whats = ['federate', 'roll-certificate', 'roll-back', 'external-mfa'] as const;
type What = (typeof whats)[number];

export const m365Script: Command = {
  name: 'm365 script',
  summary: 'Print the commands for a Microsoft 365 tenant (Graph PowerShell and REST)',
  usage: `m365 script federate|roll-certificate [--domain DOMAIN] [--protocol saml|wsfed]
            [--mfa accept|enforce|reject]
m365 script roll-back --to managed|previous [--domain DOMAIN]
m365 script external-mfa [--party ID]

It prints and does nothing else: it contacts no tenant and asks for no credential. What it prints begins with a
check for break-glass accounts and with the way back. It is ASCII, for PowerShell 7 and Windows PowerShell 5.1.

--domain    left out: the only one that an issuer speaks for
--protocol  left out: wsfed, by which Entra finds new certificates by itself
--mfa       who asks for a second factor; left out: enforce by wsfed, accept by saml
--to        managed: without federation, passwords are in Entra; previous: what before-DOMAIN.json holds
--party     the relying party of protocol external-mfa; left out: the only one`,
  async run(args, io) {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: {
        domain: { type: 'string' },
        protocol: { type: 'string' },
        mfa: { type: 'string' },
        to: { type: 'string' },
        party: { type: 'string' },
      },
    });
    const what = whats.find((one) => one === positionals[0]);
    if (what === undefined || positionals.length !== 1)
      throw new UsageError(`Say which: ${whats.join(', ')}.`);
    if (values.to !== undefined && what !== 'roll-back')
      throw new UsageError('--to is for roll-back.');
    const protocol = chosenProtocol(values.protocol);
    const mfa = chosenMfa(values.mfa);
    return withOurSide(io, async (ours) => {
      const lines =
        what === 'external-mfa'
          ? externalMfaScript(chosenParty(ours, values.party))
          : federationScript(what, values.to, ours, {
              ...{ domain: values.domain, protocol, mfa, theirs: null },
            });
      for (const line of lines) printLine(io.stdout, asciiLine(line));
      return 0;
    });
  },
};

function federationScript(
  what: Exclude<What, 'external-mfa'>,
  to: string | undefined,
  ours: OurSide,
  choices: Parameters<typeof chosenFederation>[1],
): string[] {
  const federation = chosenFederation(ours, choices);
  // The way back is printed for any domain: nobody should be kept from it.
  const whyNot = what === 'roll-back' ? null : whyNotFederated(federation);
  if (whyNot !== null) throw new UsageError(whyNot);
  if (what === 'federate') return federateScript(federation, ours.now());
  if (what === 'roll-certificate') return rollCertificateScript(federation, ours.now());
  return rollBackScript(federation.domain, chosenWayBack(to, federation.domain));
}

/** Nothing is assumed: the wrong one of the two locks a domain out. @throws UsageError */
function chosenWayBack(to: string | undefined, domain: string): WayBack {
  if (to === 'managed' || to === 'previous') return to;
  throw new UsageError(
    `Say what ${domain} was before:
--to managed   it was not federated, passwords are in Entra
--to previous  it was federated with something else, and ${beforeFile(domain)} holds how`,
  );
}

function chosenParty(
  ours: OurSide,
  id: string | undefined,
): ReturnType<typeof ourExternalMfa>[number] {
  const parties = ourExternalMfa(ours);
  const found =
    id === undefined && parties.length === 1 ? parties[0] : parties.find((one) => one.id === id);
  if (found !== undefined) return found;
  const known =
    parties.map((one) => one.id).join(', ') || 'none: write one with protocol: external-mfa';
  throw new UsageError(`--party names one of ${known}.`);
}
