import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { TenantUsers } from '../../entra-twin/tenant.js';
import { DrawbridgeError } from '../../kernel/errors.js';
import { UsageError, type CommandIo } from '../command.js';
import { readTenantSettings, type TenantSettings } from './federation-settings.js';
import {
  ourFederation,
  type FederationProtocol,
  type MfaBehavior,
  type OurFederation,
} from './our-federation.js';
import type { OurSide } from './our-side.js';
import { readTenantUsers } from './tenant-users.js';

/** @throws UsageError */
export function chosenProtocol(written: string | undefined): FederationProtocol | null {
  if (written === undefined) return null;
  if (written === 'saml') return 'saml';
  if (written.toLowerCase() === 'wsfed') return 'wsFed';
  throw new UsageError('--protocol is saml or wsfed.');
}

const behaviors: Readonly<Record<string, MfaBehavior>> = {
  accept: 'acceptIfMfaDoneByFederatedIdp',
  enforce: 'enforceMfaByFederatedIdp',
  reject: 'rejectMfaByFederatedIdp',
};

/** @throws UsageError */
export function chosenMfa(written: string | undefined): MfaBehavior | null {
  if (written === undefined) return null;
  const found = Object.hasOwn(behaviors, written) ? behaviors[written] : undefined;
  if (found === undefined) throw new UsageError('--mfa is accept, enforce or reject.');
  return found;
}

/**
 * Our side of a domain that is federated, or will be.
 * @throws UsageError when nobody here speaks for it
 * @throws DrawbridgeError `nothing_federated` when nobody here speaks for any
 */
export function chosenFederation(
  ours: OurSide,
  choices: {
    domain: string | undefined;
    protocol: FederationProtocol | null;
    mfa: MfaBehavior | null;
    theirs: TenantSettings | null;
  },
): OurFederation {
  const domains = ours.issuers.flatMap((issuer) => issuer.domains);
  const domain = choices.domain?.toLowerCase() ?? (domains.length === 1 ? domains[0] : undefined);
  if (domains.length === 0) {
    throw new DrawbridgeError(
      'nothing_federated',
      'No issuer here speaks for a domain. List the domains in the relying party with profile: microsoft-365.',
    );
  }
  const known = domains.join(', ');
  if (domain === undefined) throw new UsageError(`--domain names one of ${known}.`);
  const issuer = ours.issuers.find((one) => one.domains.includes(domain));
  if (issuer === undefined) {
    throw new UsageError(`No issuer here speaks for ${domain}. There is ${known}.`);
  }
  const said = choices.theirs?.preferredAuthenticationProtocol;
  const protocol = choices.protocol ?? (said === 'saml' || said === 'wsFed' ? said : 'wsFed');
  return ourFederation(domain, issuer, {
    publicUrl: ours.publicUrl,
    displayName: ours.organisation,
    protocol,
    signedRequests: needsSignedRequests(ours),
    ...(choices.mfa === null ? {} : { mfa: choices.mfa }),
  });
}

/** Whether requests by SAML that are not signed are refused. */
export const needsSignedRequests = ({ parties }: Pick<OurSide, 'parties'>): boolean =>
  parties.some(({ protocol, settings }) => {
    const saml = settings as { profile?: unknown; require_signed_requests?: unknown };
    return (
      protocol === 'saml' && saml.profile !== undefined && saml.require_signed_requests === true
    );
  });

/**
 * The settings of one domain.
 * @throws UsageError
 */
export async function readSettingsFile(
  file: string,
  io: CommandIo,
  domain: string | undefined,
): Promise<TenantSettings | null> {
  const read = readTenantSettings(await readNamed(file, io), domain?.toLowerCase() ?? null);
  if (!read.ok) throw new UsageError(`${file} ${read.failure}`);
  return read.value;
}

/**
 * The people of the tenant; `null` where no file is named.
 * @throws UsageError
 */
export async function readUsersFile(
  file: string | undefined,
  io: CommandIo,
): Promise<TenantUsers | null> {
  if (file === undefined) return null;
  const read = readTenantUsers(await readNamed(file, io));
  if (!read.ok) throw new UsageError(`${file} ${read.failure}`);
  return read.value;
}

const mostBytes = 16 * 1024 * 1024;

/** A file, or standard input for `-`. @throws UsageError */
export async function readNamed(file: string, io: CommandIo): Promise<string> {
  if (file === '-') {
    const chunks: Buffer[] = [];
    let length = 0;
    for await (const chunk of io.stdin as AsyncIterable<Buffer | string>) {
      const bytes = Buffer.from(chunk as Buffer);
      length += bytes.length;
      if (length > mostBytes) throw new UsageError('More than 16 MiB is not read.');
      chunks.push(bytes);
    }
    return textOf(Buffer.concat(chunks));
  }
  try {
    return textOf(await readFile(resolve(io.cwd, file)));
  } catch {
    throw new UsageError(`The file ${file} cannot be read.`);
  }
}

/** `>` and `Out-File` of Windows PowerShell write UTF-16 with a byte order mark. */
function textOf(bytes: Buffer): string {
  const mark = bytes.subarray(0, 2).toString('hex');
  if (mark === 'fffe') return new TextDecoder('utf-16le').decode(bytes);
  if (mark === 'feff') return new TextDecoder('utf-16be').decode(bytes);
  return bytes.toString('utf8');
}
