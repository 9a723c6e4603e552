import { writeFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { issuersFor } from '../../../src/config/profile-issuers.js';
import { PublicUrl } from '../../../src/config/public-url.js';
import { systemClock, type Clock } from '../../../src/kernel/clock.js';
import type { SamlSettings } from '../../../src/protocols/saml/saml-settings.js';
import type { RelyingParty } from '../../../src/relying-parties/relying-party.js';
import { readRelyingPartyFiles } from '../../../src/relying-parties/relying-party-files.js';
import { createProtocolSections } from '../../../src/server/protocol-sections.js';
import { prepareToReceive } from '../../../src/saml-core/receive-message.js';
import { startTestServer, testConfiguration, type TestServer } from '../start-server.js';

/** What a document with the profile becomes, read as a server reads it. */
export async function profileParties(yaml: string): Promise<RelyingParty[]> {
  const file = join(await mkdtemp(join(tmpdir(), 'profile-')), 'microsoft-365.yaml');
  writeFileSync(file, yaml);
  const sections = createProtocolSections({ clock: systemClock, refuseExpired: () => true });
  const read = await readRelyingPartyFiles([file], {}, sections);
  if (!read.ok) throw new Error(JSON.stringify(read.failure));
  return read.value;
}

/** A server for Microsoft 365 alone, its issuers as a start would make them of the domains. */
export async function startProfileServer(
  yaml: string,
  options: {
    metadataUrl?: string;
    clock?: Clock;
    /** As `issuers:` of drawbridge.yaml has them, beside the default one. */
    issuers?: readonly { id: string; domains: string[] }[];
    others?: readonly RelyingParty[];
  } = {},
): Promise<TestServer> {
  const parties = (await profileParties(yaml)).map((party) =>
    party.protocol === 'saml' ? fetchingFrom(party, options.metadataUrl) : party,
  );
  const saml = parties.find(({ protocol }) => protocol === 'saml')?.settings as SamlSettings;
  // Modules are loaded while a hook runs, or not at all.
  await prepareToReceive();
  return startTestServer({
    relyingParties: [...parties, ...(options.others ?? [])],
    ...(options.clock === undefined ? {} : { clock: options.clock }),
    configuration: (url) => ({
      oidc: { ...testConfiguration(url, 0, '').oidc, privateHosts: ['127.0.0.1'] },
      issuers: issuersFor(
        saml.domains ?? [],
        [
          { id: 'default', entityId: url, domains: [] },
          ...(options.issuers ?? []).map((one) => ({ ...one, entityId: `${url}/saml/${one.id}` })),
        ],
        new PublicUrl(url),
      ),
    }),
  });
}

/** No test asks Microsoft. */
function fetchingFrom(party: RelyingParty, url?: string): RelyingParty {
  const { metadata_url: _microsoft, ...settings } = party.settings as SamlSettings;
  return { ...party, settings: url === undefined ? settings : { ...settings, metadata_url: url } };
}
