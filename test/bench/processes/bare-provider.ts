import { generateKeyPairSync, randomBytes, randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Redis } from 'ioredis';
import { Provider, type Account, type KoaContextWithOIDC } from 'oidc-provider';
import { oidcParty } from '../../support/start-server.js';
import { clientMetadata } from '../../../src/protocols/oidc/client-metadata.js';
import { claimsByScope } from '../../../src/protocols/oidc/own-scopes.js';
import { createRedisEphemeralStore } from '../../../src/storage/ephemeral/redis-ephemeral-store.js';
import { openSqlDatabase } from '../../../src/storage/sql/open-sql-database.js';
import { answerCommands } from './answer-commands.js';
import { redisAdapter } from './redis-adapter.js';
import { prepareStores, storesAdapter } from './stores-adapter.js';

export interface BareOptions {
  redis: string;
  /** `null`: everything in Redis. Otherwise an empty database for what Drawbridge too keeps in SQL. */
  postgres: string | null;
}

export interface BareReady {
  url: string;
}

/**
 * oidc-provider as it comes, with the client, the algorithm and the claims that Drawbridge is measured with. Whoever
 * comes is the one account it has; nothing is asked, checked or recorded.
 */
const options = JSON.parse(process.argv[2] ?? '') as BareOptions;
const stores = await openStores(options);
const server = createServer();
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
const { port } = server.address() as AddressInfo;
const url = `http://localhost:${port}`;
const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const accountId = randomUUID();
const account: Account = {
  accountId,
  claims: () => ({
    sub: accountId,
    name: 'Person 0',
    preferred_username: 'person0',
    email: 'person0@example.org',
    email_verified: true,
  }),
};

const provider = new Provider(url, {
  adapter: stores.adapter,
  clients: [clientMetadata(oidcParty('payroll', {}))],
  extraClientMetadata: { properties: ['relying_party'] },
  jwks: {
    keys: [{ ...privateKey.export({ format: 'jwk' }), kid: 'bare', alg: 'ES256', use: 'sig' }],
  },
  cookies: { keys: [randomBytes(32).toString('hex')] },
  routes: { authorization: '/authorize', token: '/token' },
  scopes: ['openid', 'offline_access', ...Object.keys(claimsByScope)],
  claims: {
    openid: ['sub', 'acr', 'amr', 'auth_time'],
    ...Object.fromEntries(Object.entries(claimsByScope).map(([scope, list]) => [scope, [...list]])),
  },
  conformIdTokenClaims: false,
  responseTypes: ['code'],
  pkce: { required: () => true },
  features: { devInteractions: { enabled: false } },
  findAccount: () => Promise.resolve(account),
  loadExistingGrant: grantOf,
  interactions: { url: (_ctx, interaction) => `/enter/${interaction.uid}` },
  ttl: {
    AccessToken: 600,
    AuthorizationCode: 60,
    IdToken: 600,
    Grant: 43_200,
    Session: 43_200,
    Interaction: 900,
  },
});

async function openStores({ redis: url, postgres }: BareOptions) {
  if (postgres === null) {
    const redis = new Redis(url);
    return { adapter: redisAdapter(redis), close: () => redis.quit() };
  }
  const database = await openSqlDatabase({ url: postgres });
  await prepareStores(database);
  const store = createRedisEphemeralStore({ url });
  return {
    adapter: storesAdapter(store, database),
    close: () => Promise.all([database.close(), store.close()]),
  };
}

async function grantOf(ctx: KoaContextWithOIDC) {
  const { oidc } = ctx;
  const clientId = oidc.client?.clientId ?? '';
  const known = oidc.session?.grantIdFor(clientId);
  if (known !== undefined) return oidc.provider.Grant.find(known);
  const grant = new oidc.provider.Grant({ accountId, clientId });
  grant.addOIDCScope([...oidc.requestParamOIDCScopes].join(' '));
  await grant.save();
  return grant;
}

const callback = provider.callback();
server.on('request', (request, response) => {
  if (request.url?.startsWith('/enter/') === true) {
    void provider.interactionFinished(request, response, { login: { accountId } });
    return;
  }
  void callback(request, response);
});

answerCommands({ url } satisfies BareReady, async () => {
  server.closeAllConnections();
  server.close();
  await stores.close();
});
