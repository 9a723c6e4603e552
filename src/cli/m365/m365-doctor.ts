import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { Xmlsec1Missing } from '../../entra-twin/xmlsec1.js';
import { printLine, UsageError, type Command, type CommandIo } from '../command.js';
import { printable } from '../printable.js';
import { readAppRegistration, readConsent, registrationFaults } from './app-registration.js';
import { chosenFederation, readNamed, readSettingsFile, readUsersFile } from './choices.js';
import { compareFederation } from './compare-federation.js';
import { explainAnswer } from './doctor-answer.js';
import { codeIn, explainCode } from './explain-code.js';
import { federatedDomain } from './federated-domain.js';
import { ourExternalMfa } from './our-external-mfa.js';
import { withOurSide, type OurSide } from './our-side.js';
import { readPasted } from './pasted-answer.js';
import { everybody, sentAsImmutableId } from './people-to-rehearse.js';
import { planText, warnings } from './plan-text.js';
import { sharedImmutableIds } from './shared-immutable-ids.js';

interface Choices {
  settings: string | undefined;
  domain: string | undefined;
  users: string | undefined;
  app: string | undefined;
  grants: string | undefined;
  at: string | undefined;
  asked: (typeof questions)[number] | undefined;
}

export const m365Doctor: Command = {
  name: 'm365 doctor',
  summary: 'Explain an AADSTS code or a pasted answer, or compare a tenant with this installation',
  usage: `m365 doctor [AADSTS… | FILE | -] [--settings FILE] [--domain DOMAIN] [--tenant-users FILE]
            [--app FILE] [--grants FILE] [--at TIME] [--asked two-factors|new-sign-in]

AADSTS…        an error of Entra, or its whole message in quotes: what it comes from here, and what to do
FILE or -      a SAMLResponse, a wresult, an assertion, an id_token or Microsoft's hint: what is in it, what Entra
               makes of it
--settings     what Get-MgDomainFederationConfiguration -DomainId DOMAIN | ConvertTo-Json -Depth 5 printed
--domain       left out: the only one that an issuer speaks for
--tenant-users what Get-MgUser … | Select-Object UserPrincipalName, OnPremisesImmutableId | ConvertTo-Json printed
--app          what Get-MgApplication … | ConvertTo-Json -Depth 5 printed, for External MFA
--grants       what Get-MgOauth2PermissionGrant … | ConvertTo-Json printed, for External MFA
--at           judge a pasted answer as of that time (2026-11-02T09:00:00Z) instead of now
--asked        what Entra had asked for, if you know

Ends with 1 when something is wrong.`,
  async run(args, io) {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: {
        settings: { type: 'string' },
        domain: { type: 'string' },
        'tenant-users': { type: 'string' },
        app: { type: 'string' },
        grants: { type: 'string' },
        at: { type: 'string' },
        asked: { type: 'string' },
      },
    });
    const [named] = positionals;
    if (positionals.length > 1)
      throw new UsageError('Name one code or one file. A whole message goes between quotes.');
    const { settings, domain, app, grants, at } = values;
    const asked = chosenQuestion(values.asked);
    const choices = { settings, domain, users: values['tenant-users'], app, grants, at, asked };
    const code = named === undefined ? null : namedCode(named, io.cwd);
    if (code !== null) {
      for (const line of explainCode(code)) printLine(io.stdout, line);
      return 0;
    }
    return withOurSide(io, (ours) =>
      named === undefined ? examine(ours, choices, io) : explainFile(named, ours, choices, io),
    );
  },
};

/**
 * The code that is meant where no file is.
 * @throws UsageError for one without its number
 */
function namedCode(named: string, folder: string): string | null {
  if (/^\d{4,9}$/.test(named)) return `AADSTS${named}`;
  const code = codeIn(named);
  if (code !== null && (code.length === named.length || !existsSync(resolve(folder, named))))
    return code;
  if (/^AADSTS\d*:?$/i.test(named))
    throw new UsageError(`${named} is no whole code: a number follows, as in AADSTS50107.`);
  return null;
}

const questions = ['two-factors', 'new-sign-in'] as const;

/** @throws UsageError for what Entra does not ask */
function chosenQuestion(written: string | undefined): Choices['asked'] {
  const found = questions.find((one) => one === written);
  if (written !== undefined && found === undefined)
    throw new UsageError(`--asked is ${questions.join(' or ')}.`);
  return found;
}

async function explainFile(
  file: string,
  ours: OurSide,
  choices: Choices,
  io: CommandIo,
): Promise<number> {
  const pasted = readPasted(await readNamed(file, io));
  const theirs =
    choices.settings === undefined
      ? null
      : await readSettingsFile(choices.settings, io, choices.domain);
  const now = timeOf(choices.at) ?? ours.now();
  const named = choices.domain?.toLowerCase();
  const spoken = ours.issuers.flatMap(({ domains }) => domains);
  // Settings are those of one domain, so there has to be no doubt of which.
  const domains = theirs !== null || named !== undefined ? [named] : spoken;
  const federations = domains.map((domain) =>
    chosenFederation(ours, { domain, protocol: null, mfa: null, theirs }),
  );
  try {
    const { lines, ok } = await explainAnswer(pasted, {
      now,
      domains: federations.map((one) => federatedDomain(one, theirs)),
      users: await readUsersFile(choices.users, io),
      externalMfa: ourExternalMfa(ours),
      externalMfaKeys: { keys: [...ours.externalMfaKeys] },
      asked: {
        multiFactor: choices.asked === 'two-factors',
        freshSince: choices.asked === 'new-sign-in' ? now : null,
      },
    });
    for (const line of lines) printLine(io.stdout, printable(line));
    return ok ? 0 : 1;
  } catch (error) {
    if (!(error instanceof Xmlsec1Missing)) throw error;
    printLine(io.stderr, error.message);
    return 1;
  }
}

/** Without an answer: what can be seen from the settings. */
async function examine(ours: OurSide, choices: Choices, io: CommandIo): Promise<number> {
  const print = (line: string) => printLine(io.stdout, printable(line));
  let wrong = false;
  const tellCode = (code: string, detail: string) => {
    wrong = true;
    for (const line of ['', detail, ...explainCode(code)]) print(line);
  };
  if (choices.settings !== undefined) {
    const theirs = await readSettingsFile(choices.settings, io, choices.domain);
    const { domain } = choices;
    const federation = chosenFederation(ours, { domain, protocol: null, mfa: null, theirs });
    for (const line of planText(theirs, federation, ours.now())) print(line);
    const broken =
      theirs === null
        ? []
        : compareFederation(theirs, federation, ours.now()).filter(
            ({ weight }) => weight === 'broken',
          );
    wrong ||= broken.length > 0;
    for (const { code, setting } of broken)
      if (code !== null) tellCode(code, `Because of ${setting}:`);
  }
  if (choices.app !== undefined || choices.grants !== undefined) {
    const registration = await fileOf(choices.app, io, readAppRegistration);
    const consented = await fileOf(choices.grants, io, readConsent);
    const parties = ourExternalMfa(ours);
    const meant = parties.filter(({ appId }) => (registration?.appId ?? appId) === appId);
    if (meant.length === 0) {
      throw new UsageError(
        'No relying party of protocol external-mfa has the app_id of that app registration.',
      );
    }
    for (const party of meant) {
      const faults = registrationFaults(party, registration, consented);
      if (faults.length === 0) print(`${party.id}: the app registration is as it has to be.`);
      for (const { code, detail } of faults) tellCode(code, `${party.id}: ${detail}`);
    }
  }
  if (choices.settings === undefined && choices.app === undefined && choices.grants === undefined) {
    const domains = ours.issuers.flatMap((issuer) => issuer.domains);
    if (domains.length === 0)
      print('No issuer here speaks for a domain; there is nothing to federate.');
    for (const domain of domains) {
      const federation = chosenFederation(ours, {
        domain,
        protocol: null,
        mfa: null,
        theirs: null,
      });
      const found = warnings(federation, ours.now());
      wrong ||= found.length > 0;
      print(
        `${domain}  ${federation.issuerUri}${found.length === 0 ? '  nothing wrong on this side' : ''}`,
      );
      for (const line of found) print(`  ${line}`);
    }
    for (const line of await sharedLines(ours)) {
      wrong = true;
      print(line);
    }
    print('With --settings a tenant is compared, with a code or a pasted answer it is explained.');
  }
  return wrong ? 1 : 0;
}

/** Who would be taken for somebody else in the tenant, and is not let in here because of that. */
async function sharedLines(ours: OurSide): Promise<string[]> {
  const field = sentAsImmutableId(ours);
  const alsoOf = await sharedImmutableIds(everybody(ours), field);
  const lines: string[] = [];
  for await (const person of everybody(ours)) {
    const others = alsoOf(person);
    if (others.length === 0) continue;
    const name = person.upn ?? person.username;
    lines.push(`AADSTS51004  the ImmutableID of ${name} is also that of ${others.join(', ')}`);
  }
  return lines;
}

async function fileOf<Value>(
  file: string | undefined,
  io: CommandIo,
  read: (json: string) => { ok: true; value: Value } | { ok: false; failure: string },
): Promise<Value | null> {
  if (file === undefined) return null;
  const found = read(await readNamed(file, io));
  if (!found.ok) throw new UsageError(`${file} ${found.failure}`);
  return found.value;
}

function timeOf(written: string | undefined): number | null {
  if (written === undefined) return null;
  const at = Date.parse(written);
  if (Number.isNaN(at)) throw new UsageError('--at is a time such as 2026-11-02T09:00:00Z.');
  return at;
}
