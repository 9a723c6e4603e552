import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { createSignatureJudge } from '../../entra-twin/signature-judge.js';
import type { FederatedDomain } from '../../entra-twin/tenant.js';
import { createWire } from '../../entra-twin/web-browser.js';
import { needXmlsec1, Xmlsec1Missing } from '../../entra-twin/xmlsec1.js';
import { printLine, UsageError, type Command, type CommandIo } from '../command.js';
import { printable } from '../printable.js';
import {
  chosenFederation,
  chosenProtocol,
  needsSignedRequests,
  readSettingsFile,
  readUsersFile,
} from './choices.js';
import { readCredentials } from './credentials-file.js';
import { federatedDomain } from './federated-domain.js';
import { ourExternalMfa } from './our-external-mfa.js';
import { withOurSide, type OurSide } from './our-side.js';
import { nobodyThere, peopleToRehearse } from './people-to-rehearse.js';
import { rehearseMethod } from './rehearse-method.js';
import { rehearsePeople } from './rehearse-people.js';
import { peopleTable, ruleTable, verdictLines, type RehearsedRow } from './verdict-lines.js';

export const m365Rehearse: Command = {
  name: 'm365 rehearse',
  summary:
    'Sign people in at the running server as Microsoft 365 would, and judge the answers as it would',
  usage: `m365 rehearse [--domain DOMAIN] [--protocol saml|wsfed]... [--credentials FILE] [--settings FILE]
              [--tenant-users FILE] [--external-mfa] [--reach URL] [--parallel N] [--rules]

--domain        left out: the only one that an issuer speaks for
--protocol      left out: both
--credentials   YAML, a list of { username, password, totp_secret? }: these people are signed in. Everybody else
                cannot be, and what would be sent for them is computed and judged without a signature
--settings      the domain as the tenant has it (Get-MgDomainFederationConfiguration … | ConvertTo-Json); left out: as
                it would have it after m365 script federate
--tenant-users  who is there (Get-MgUser … | Select-Object UserPrincipalName, OnPremisesImmutableId | ConvertTo-Json)
--external-mfa  External MFA too, as far as it goes without Microsoft's keys; alone where no domain is federated
--reach         where the server answers, if its public name does not lead there yet
--parallel      how many people at once (default 8)
--rules         each rule for each person, not only the first that failed

Signatures are verified by xmlsec1 (Debian package xmlsec1). Ends with 1 when a rule failed, or nobody is there.`,
  async run(args, io) {
    const { values } = parseArgs({
      args,
      options: {
        domain: { type: 'string' },
        protocol: { type: 'string', multiple: true },
        credentials: { type: 'string' },
        settings: { type: 'string' },
        'tenant-users': { type: 'string' },
        'external-mfa': { type: 'boolean' },
        reach: { type: 'string' },
        parallel: { type: 'string' },
        rules: { type: 'boolean' },
      },
    });
    const protocols = (values.protocol ?? ['saml', 'wsfed']).map(chosenProtocol);
    const width = Number(values.parallel ?? '8');
    if (!Number.isInteger(width) || width < 1 || width > 64) {
      throw new UsageError('--parallel is a number from 1 to 64.');
    }
    if (values.reach !== undefined && !URL.canParse(values.reach)) {
      throw new UsageError('--reach is a URL such as http://127.0.0.1:3000.');
    }
    const { domain, credentials, settings, reach } = values;
    try {
      await needXmlsec1();
      return await withOurSide(io, (ours) =>
        rehearse(ours, io, {
          ...{ domain, protocols, credentials, settings, width, reach },
          users: values['tenant-users'],
          externalMfa: values['external-mfa'] === true,
          everyRule: values.rules === true,
        }),
      );
    } catch (error) {
      if (!(error instanceof Xmlsec1Missing)) throw error;
      printLine(io.stderr, error.message);
      return 1;
    }
  },
};

/** With many people signatures come by the dozen, and a process for each would take as long as a sign-in. */
const gatherMs = 400;

interface Choices {
  domain: string | undefined;
  protocols: readonly ReturnType<typeof chosenProtocol>[];
  credentials: string | undefined;
  settings: string | undefined;
  users: string | undefined;
  reach: string | undefined;
  width: number;
  externalMfa: boolean;
  everyRule: boolean;
}

async function rehearse(ours: OurSide, io: CommandIo, choices: Choices): Promise<number> {
  const methods = choices.externalMfa ? ourExternalMfa(ours) : [];
  if (choices.externalMfa && methods.length === 0) {
    printLine(io.stderr, 'There is no relying party with protocol: external-mfa to rehearse.');
    return 1;
  }
  const theirs =
    choices.settings === undefined
      ? null
      : await readSettingsFile(choices.settings, io, choices.domain);
  const externalMfaAlone = methods.length > 0 && !isAboutFederation(ours, choices);
  const protocols = externalMfaAlone ? [] : choices.protocols;
  const domains = protocols.map((protocol): FederatedDomain => {
    const named = { domain: choices.domain, protocol, mfa: null, theirs: null };
    const federation = chosenFederation(ours, named);
    // What the tenant has is for its own protocol; the other one keeps our address.
    const there = theirs?.preferredAuthenticationProtocol === protocol ? theirs : null;
    const domain = federatedDomain(federation, theirs);
    return there === null ? { ...domain, passiveSignInUri: federation.passiveSignInUri } : domain;
  });
  const users = await readUsersFile(choices.users, io);
  const credentials = await credentialsIn(choices.credentials, io);
  const { toSignIn, computed, unknown } = externalMfaAlone
    ? { toSignIn: [], computed: [], unknown: [] }
    : await peopleToRehearse(ours, { domains, users, credentials });
  const origin = new URL(ours.publicUrl.base).origin;
  if (protocols.includes('saml') && needsSignedRequests(ours)) {
    printLine(
      io.stderr,
      'Requests have to be signed (require_signed_requests), and only Microsoft can. Rehearse by --protocol wsfed, or before that is set.',
    );
  }
  const wire = createWire(new Map(choices.reach === undefined ? [] : [[origin, choices.reach]]));
  const surroundings = { now: ours.now, bytes: ours.bytes };
  try {
    const rows: RehearsedRow[] = await rehearsePeople(toSignIn, choices.width, {
      ...{ wire, origin, surroundings, domains, users },
      signatures: createSignatureJudge(toSignIn.length > 1 ? gatherMs : 0),
    });
    rows.push(...computed);
    for (const party of methods) {
      const method = {
        tenantId: party.tenants[0] ?? '',
        clientId: party.clientId,
        appId: party.appId,
        discoveryUrl: party.discoveryUrl,
        replyUrls: null,
        consented: null,
      };
      const verdicts = await rehearseMethod(method, { wire, surroundings });
      rows.push({ person: `(${party.id})`, how: 'External MFA', verdicts });
    }
    report(rows, unknown, choices.everyRule, io);
    const failed = rows.some(({ verdicts }) =>
      verdicts.some(({ outcome }) => outcome === 'failed'),
    );
    const nobody = !externalMfaAlone && toSignIn.length + computed.length === 0;
    if (nobody) printLine(io.stderr, nobodyThere(domains.slice(0, 1).map(({ name }) => name)));
    return failed || nobody || unknown.length > 0 ? 1 : 0;
  } finally {
    wire.close();
  }
}

/** External MFA is used without federation as well; there is no domain then, and nothing said of one. */
const isAboutFederation = (
  { issuers }: Pick<OurSide, 'issuers'>,
  { domain, settings, credentials, users }: Choices,
): boolean =>
  issuers.some(({ domains }) => domains.length > 0) ||
  [domain, settings, credentials, users].some((said) => said !== undefined);

function report(
  rows: readonly RehearsedRow[],
  unknown: readonly string[],
  everyRule: boolean,
  io: CommandIo,
): void {
  const lines = [...peopleTable(rows), '', ...ruleTable(rows)];
  if (everyRule) {
    for (const { person, how, verdicts } of rows) {
      lines.push('', `${person}, ${how}`, ...verdictLines(verdicts));
    }
  }
  for (const name of unknown) lines.push('', `Nobody here is called ${name}.`);
  io.stdout.write(`${lines.map(printable).join('\n')}\n`);
}

async function credentialsIn(file: string | undefined, io: CommandIo) {
  if (file === undefined) return [];
  const read = await readCredentials(resolve(io.cwd, file));
  if (!read.ok) throw new UsageError(`${file} ${read.failure}`);
  const { people, readableByOthers } = read.value;
  if (readableByOthers)
    printLine(io.stderr, `Warning: ${file} can be read by others. chmod 600 it.`);
  printLine(io.stderr, `${file} holds passwords. Delete it when you are done.`);
  return people;
}
