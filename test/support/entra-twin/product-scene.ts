import { randomBytes } from 'node:crypto';
import { Secret } from 'otpauth';
import { startMicrosoftFace } from '../../../src/entra-twin/microsoft-face.js';
import { createTotpImport } from '../factors/import-totp.js';
import { providerKeys } from '../../../src/protocols/external-mfa/provider-keys.js';
import { microsoftClouds } from '../../../src/protocols/external-mfa/microsoft-clouds.js';
import { addPerson, PASSWORD } from '../people.js';
import { APP_ID, TENANT } from '../external-mfa/entra-cloud.js';
import { externalMfaParty } from '../external-mfa/external-mfa-scene.js';
import { ManualClock } from '../manual-clock.js';
import { profileParties } from '../microsoft-365/profile-scene.js';
import { startTestServer, type TestServer } from '../start-server.js';
import { makeKey } from './test-key.js';
import { createScene, type ScenePerson, type TwinScene } from './twin-scene.js';

const profile = `
id: microsoft-365
name: Microsoft 365
profile: microsoft-365
domains: [example.com]
immutable_id: immutable_id
`;

export interface ProductScene extends TwinScene {
  server: TestServer;
  clock: ManualClock;
}

/** The twin and Drawbridge itself, with Microsoft's keys those of the twin. */
export async function productScene(): Promise<ProductScene> {
  const clock = new ManualClock(Date.now());
  const twinKey = makeKey('entra twin');
  const surroundings = { now: () => clock.now(), bytes: (length: number) => randomBytes(length) };
  const face = await startMicrosoftFace(twinKey, surroundings);
  const metadataUrl = `${face.authority}/common/v2.0/.well-known/openid-configuration`;
  const parties = (await profileParties(profile)).map((party) =>
    party.protocol === 'saml'
      ? {
          ...party,
          settings: { ...(party.settings as object), metadata_url: face.samlMetadataUrl },
        }
      : party,
  );
  const server = await startTestServer({
    clock,
    processes: 1,
    relyingParties: [...parties, externalMfaParty('contoso')],
    choices: {
      microsoftClouds: {
        ...microsoftClouds,
        global: { ...microsoftClouds.global, metadataUrl },
      },
    },
    configuration: (url) => ({
      issuers: [{ id: 'default', entityId: url, domains: ['example.com'] }],
      oidc: {
        accessTokenLifetime: 600_000,
        refreshTokenLifetime: 600_000,
        idTokenLifetime: 600_000,
        codeLifetime: 60_000,
        privateHosts: ['127.0.0.1'],
        registration: 'off',
        resources: [],
      },
    }),
  });
  const { base, parts } = server.drawbridge;
  const people: ScenePerson[] = [];
  for (const [name, immutableId] of [
    ['ada', 'Qj6Qa1mXoUuVxI1tqUZ1Yg=='],
    ['bob', '8uT7Hk2zTEaQyYwS0Jv1aA=='],
  ] as const) {
    const upn = `${name}@example.com`;
    const { person } = await addPerson(server.drawbridge, name, { otp: false });
    await parts.people.update(person.id, { upn, attributes: { immutable_id: [immutableId] } });
    const secret = new Secret({ size: 20 }).base32;
    const importTotp = createTotpImport(base);
    await base.database.transaction((tx) => importTotp(tx, person.id, secret));
    people.push({
      ...{ upn, immutableId },
      credentials: { username: upn, password: PASSWORD, totpSecret: secret },
    });
  }
  const pem = (key: { privateKey: { export(options: object): string | Buffer } }) =>
    String(key.privateKey.export({ type: 'pkcs8', format: 'pem' }));
  // Made when somebody first asks for them.
  await (await fetch(`${server.url}/external-mfa/contoso/jwks`)).text();
  const [saml] = base.keys.keys('default', 'saml');
  const [external] = providerKeys(base.keys);
  const [published] = base.keys.keys('default', 'external-mfa');
  if (saml === undefined || external === undefined || published === undefined)
    throw new Error('no keys');
  const scene = await createScene({
    target: server.url,
    issuer: server.url,
    paths: {
      saml: '/saml/sso',
      wsFed: '/wsfed',
      discovery: '/external-mfa/contoso/.well-known/openid-configuration',
    },
    federationKey: { privateKey: pem(saml), certificate: saml.certificate ?? '' },
    providerKey: {
      privateKey: pem(external),
      certificate: published.certificate ?? '',
      kid: external.kid,
    },
    twinKey,
    face: { authority: 'https://login.microsoftonline.com', hintKid: face.hintKid },
    people: people as unknown as readonly [ScenePerson, ScenePerson],
    ...{ tenantId: TENANT, clientId: 'contoso-client', appId: APP_ID },
    now: () => clock.now(),
    close: async () => {
      await server.close();
      await face.close();
    },
  });
  return { ...scene, server, clock };
}
