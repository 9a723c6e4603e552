import { parseArgs } from 'node:util';
import { resealAll } from '../keys/reseal.js';
import { printLine, type Command } from './command.js';
import { withConfiguredKeys } from './configured-keys.js';
import { describeKey } from './describe-key.js';
import { chosenAlgorithm, chosenIssuer, chosenLead, chosenPurpose } from './key-choices.js';

const list: Command = {
  name: 'keys list',
  summary: 'List the keys of an issuer, with when they are used and retired',
  usage: `keys list [--issuer ID] [--purpose oidc|saml|saml-encryption|external-mfa]

--issuer   which issuer; left out: default
--purpose  what the keys are for; left out: oidc`,
  run: async (args, io) => {
    const { values } = parseArgs({
      args,
      options: { issuer: { type: 'string' }, purpose: { type: 'string' } },
    });
    const purpose = chosenPurpose(values.purpose);
    return withConfiguredKeys(io, ({ keys, issuers }) => {
      const issuer = chosenIssuer(values.issuer, issuers);
      for (const key of keys.keys(issuer, purpose)) printLine(io.stdout, describeKey(key));
      return Promise.resolve(0);
    });
  },
};

const rotate: Command = {
  name: 'keys rotate',
  summary: 'Publish the next key; it is used once those who check it have had time to fetch it',
  usage: `keys rotate --algorithm ES256|RS256 [--issuer ID] [--lead DURATION] [--emergency]
keys rotate --purpose saml|saml-encryption|external-mfa [--issuer ID] [--lead DURATION] [--emergency]

--issuer     which issuer; left out: default
--purpose    what the key is for; left out: oidc
--algorithm  which of the two keys for oidc; the others are always RS256
--lead       how long the key is published before it is used. For oidc 1h, which is also the least: as long as
             services may keep our keys. For SAML 24h, at least 7h: partners are told to fetch our metadata every
             6 hours, many do so once a day, and where somebody has to load it by hand write 14d or more.
             For external-mfa 48h, which is also the least: Entra keeps keys for a day
--emergency  the key is stolen: the new one is used at once and the old one is gone`,
  run: async (args, io) => {
    const { values } = parseArgs({
      args,
      options: {
        issuer: { type: 'string' },
        purpose: { type: 'string' },
        algorithm: { type: 'string' },
        lead: { type: 'string' },
        emergency: { type: 'boolean' },
      },
    });
    const purpose = chosenPurpose(values.purpose);
    const algorithm = chosenAlgorithm(values.algorithm, purpose);
    const publishLeadMs = chosenLead(values.lead, purpose);
    return withConfiguredKeys(io, async ({ keys, issuers }) => {
      const issuer = chosenIssuer(values.issuer, issuers);
      const kid =
        values.emergency === true
          ? await keys.emergencyRotate(issuer, purpose, algorithm)
          : await keys.rotate(issuer, purpose, algorithm, { publishLeadMs });
      const key = keys.keys(issuer, purpose).find((one) => one.kid === kid);
      printLine(io.stdout, key === undefined ? kid : `Published: ${describeKey(key)}`);
      return 0;
    });
  },
};

const reseal: Command = {
  name: 'keys reseal',
  summary: 'Encrypt every stored secret under the current encryption_key',
  usage: `keys reseal

Run it after a new encryption_key is in force everywhere and the old one is in previous_encryption_keys; once it has
run, and queued jobs from before are done, the old one can go.`,
  run: (args, io) => {
    parseArgs({ args });
    return withConfiguredKeys(io, async ({ database, sealer }) => {
      const counts = Object.entries(await resealAll(database, sealer));
      for (const [column, count] of counts) printLine(io.stdout, `${column}  ${count}`);
      return 0;
    });
  },
};

export const keyCommands: readonly Command[] = [list, rotate, reseal];
