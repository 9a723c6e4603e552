import { serverStarted } from '../audit/events/operation-events.js';
import type { AddressInfo } from 'node:net';
import type { Configuration } from '../config/configuration.js';
import { systemClock } from '../kernel/clock.js';
import { DrawbridgeError } from '../kernel/errors.js';
import { systemRandom } from '../kernel/random.js';
import { createReplaceableRegistry } from '../relying-parties/replaceable-registry.js';
import { createDrawbridge } from '../server/drawbridge.js';
import { listen } from '../server/listen.js';
import { protocolSections } from '../server/protocol-sections.js';
import { withRegistered } from '../server/registered-layer.js';
import { announcement } from './announcement.js';
import { createDemoLog } from './demo-log.js';
import { demoPeople, seedDemoPeople } from './demo-people.js';
import { oidcDemoServices } from './oidc-demo-services.js';
import { ownCertificate } from './own-certificate.js';
import { samlDemoService, samlRelyingParty } from './saml-demo-service.js';
import { fetchTrusting } from './site/fetch-trusting.js';
import { createDemoSite } from './site/demo-site.js';
import { makeServiceKey } from './site/saml/service-key.js';

/**
 * Starts Drawbridge with demo people and demo services, for a first look on one's own machine. The services live on
 * `127.0.0.1` and not on `localhost`, so that a browser takes them for another site, as it will real ones.
 * @returns ways to stop, in the order in which they must happen
 * @throws DrawbridgeError `demo_refused` beside a configuration or in production, `address_in_use`
 */
export async function startDemo(configuration: Configuration): Promise<(() => Promise<void>)[]> {
  const { dataFolder, mail, policy, publicUrl } = configuration;
  if (configuration.mode !== 'demo' || configuration.production || mail.kind !== 'folder') {
    throw new DrawbridgeError(
      'demo_refused',
      'Demo people and services exist only without a configuration and outside production.',
    );
  }
  const log = createDemoLog(dataFolder, systemClock);
  // Made while everything else starts, in a thread of its own.
  const samlKey = makeServiceKey(samlDemoService.name, {
    clock: systemClock,
    random: systemRandom,
  });
  samlKey.catch(() => {});
  const oidcServices = oidcDemoServices(systemRandom);
  const tls = publicUrl.secure
    ? await ownCertificate(dataFolder, new URL(publicUrl.base).hostname, {
        clock: systemClock,
        random: systemRandom,
      })
    : undefined;
  const site = createDemoSite({
    issuer: publicUrl.base,
    fetch: tls === undefined ? fetch : fetchTrusting(tls.certificate),
    oidcServices,
    samlService: samlDemoService,
    samlKey: () => samlKey,
    mailFolder: mail.folder,
    random: systemRandom,
    logger: log.logger,
  });
  const siteListener = await listen(site, { host: '127.0.0.1', port: 0 });
  const { port } = siteListener.server.address() as AddressInfo;
  const siteUrl = `http://127.0.0.1:${port}`;
  const oidcParties = oidcServices.map((service) => service.relyingParty(siteUrl, policy));
  const registry = createReplaceableRegistry(oidcParties, (error) => {
    log.logger.error('relying_parties.listener_failed', {}, error);
  });

  const shown = {
    services: [...oidcServices, samlDemoService].map(({ id, name }) => ({
      name,
      about: `home.demo.about.${id}`,
      url: `${siteUrl}/${id}/`,
    })),
    people: demoPeople.map(({ name, username }) => ({
      ...{ name, username },
      about: `home.demo.about.${username}`,
    })),
    mailboxUrl: `${siteUrl}/mailbox/`,
  };
  let password: string | null = null;
  const drawbridge = await createDrawbridge(reachingTheSite(configuration), {
    clock: systemClock,
    random: systemRandom,
    logger: log.logger,
    relyingParties: (base) =>
      withRegistered(base, { files: registry, sections: protocolSections, defaults: policy }),
    demo: () => ({ ...shown, password }),
  });
  password = await seedDemoPeople({ ...drawbridge.parts, dataFolder, random: systemRandom });
  const { certificate } = await samlKey;
  registry.replace([...oidcParties, samlRelyingParty(siteUrl, policy, certificate)]);
  const listener = await listen(drawbridge.app, configuration.listen, tls).catch(
    (error: unknown) => {
      throw named(error, configuration.listen.port);
    },
  );
  await drawbridge.base.audit.record(serverStarted({ url: publicUrl.base, mode: 'demo' }));
  process.stdout.write(
    announcement({
      ...shown,
      password,
      url: publicUrl.base,
      fingerprint: tls?.fingerprint ?? null,
      dataFolder,
      seconds: process.uptime(),
    }),
  );
  return [siteListener.close, listener.close, () => drawbridge.close(), log.close];
}

/** The site is told of logouts, which no address of this computer would be elsewhere. */
function reachingTheSite(configuration: Configuration): Configuration {
  return { ...configuration, oidc: { ...configuration.oidc, privateHosts: ['127.0.0.1'] } };
}

function named(error: unknown, port: number): unknown {
  if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') return error;
  return new DrawbridgeError(
    'address_in_use',
    `Port ${port} is taken by another program. Choose another one: PORT=${port + 1} npm start`,
  );
}
