import { X509Certificate, createPublicKey, sign, verify } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { calculateJwkThumbprint } from 'jose';
import { setTimeout as delay } from 'node:timers/promises';
import { createIssuers } from '../../src/issuers/issuers.js';
import { createSealer } from '../../src/keys/aes-gcm-sealer.js';
import { createKeyStore } from '../../src/keys/create-key-store.js';
import type { ManagedKeyStore } from '../../src/keys/create-key-store.js';
import type { KeyAudit } from '../../src/keys/key-audit.js';
import { jwksCacheMs, keyPurposes, metadataCacheMs } from '../../src/keys/key-purposes.js';
import { KeyWriter } from '../../src/keys/key-writer.js';
import type { SigningKey } from '../../src/keys/key-store.js';
import { resealAll } from '../../src/keys/reseal.js';
import { sealingContext } from '../../src/keys/sealing-context.js';
import { systemRandom } from '../../src/kernel/random.js';
import { createChangeFeed } from '../../src/storage/sql/change-feed.js';
import { durableParts } from '../support/factors/durable-parts.js';
import type { DurableParts } from '../support/factors/durable-parts.js';
import { sqlAdapters } from '../support/services/fresh-stores.js';
import { until } from '../support/services/until.js';

const hour = 60 * 60_000;

describe.each(sqlAdapters)('signing keys on $name', (adapter) => {
  let parts: DurableParts;
  let stores: [ManagedKeyStore, ManagedKeyStore];
  beforeEach(async () => {
    parts = await durableParts(adapter);
    stores = [createKeyStore(parts.nodes[0]), createKeyStore(parts.nodes[1])];
  });
  afterEach(async () => {
    for (const store of stores) store.close();
    await parts.remove();
  });

  const kids = (store: ManagedKeyStore) => store.keys('default', 'oidc').map((key) => key.kid);
  const es256 = (store: ManagedKeyStore) =>
    store.keys('default', 'oidc').filter((key) => key.algorithm === 'ES256');
  const rows = () => parts.nodes[0].database.db.selectFrom('signing_keys').selectAll().execute();

  test('the first start makes an ES256 and an RS256 key that sign', async () => {
    const [store] = stores;
    expect(store.keys('default', 'oidc')).toEqual([]);
    await store.ensureKeys('default', ['oidc']);
    const keys = store.keys('default', 'oidc');
    expect(keys.map((key) => key.algorithm)).toEqual(['ES256', 'RS256']);
    for (const key of keys) await expectUsable(key);
    expect(keys[1]!.privateKey.asymmetricKeyDetails?.modulusLength).toBe(2048);
    expect(store.keys('default', 'saml')).toEqual([]);
    expect(store.keys('other', 'oidc')).toEqual([]);
    expect(await parts.auditKinds(null)).toEqual(['key.published', 'key.published']);
  });

  test('processes that start at once end up with the same keys', async () => {
    const more = [createKeyStore(parts.nodes[0]), createKeyStore(parts.nodes[1])];
    const all = [...stores, ...more];
    await Promise.all(all.map((store) => store.ensureKeys('default', ['oidc'])));
    expect(await rows()).toHaveLength(2);
    await Promise.all(all.map((store) => store.refresh()));
    for (const store of all) expect(kids(store)).toEqual(kids(stores[0]));
    for (const store of more) store.close();
  });

  test('also when their transactions overlap', async () => {
    const writers = [0, 1, 0, 1, 0, 1].map((at) => {
      const node = parts.nodes[at as 0 | 1];
      // Keeps the transaction open until the others have looked, too.
      const audit: KeyAudit = {
        recordIn: async (tx, event) => {
          await delay(100);
          return node.audit.recordIn(tx, event);
        },
      };
      return new KeyWriter({ ...node, audit });
    });
    await Promise.all(
      writers.map((writer) => writer.ensure('default', [{ purpose: 'oidc', algorithm: 'ES256' }])),
    );
    expect(await rows()).toHaveLength(1);
  });

  test('a second start keeps the keys', async () => {
    await stores[0].ensureKeys('default', ['oidc']);
    await stores[1].ensureKeys('default', ['oidc']);
    expect(kids(stores[1])).toEqual(kids(stores[0]));
    expect(await parts.auditKinds(null)).toHaveLength(2);
  });

  test('a rotation publishes, then uses, then retires', async () => {
    const [store, other] = stores;
    await store.ensureKeys('default', ['oidc']);
    await other.ensureKeys('default', ['oidc']);
    const [old, rsa] = kids(store);
    let told = 0;
    other.onChange(() => (told += 1));

    const next = await store.rotate('default', 'oidc', 'ES256', {
      publishLeadMs: 2 * hour,
      overlapMs: 24 * hour,
    });
    await other.refresh();
    expect(kids(other)).toEqual([old, rsa, next]);
    expect(told).toBe(1);

    parts.clock.advance(2 * hour - 1);
    await other.refresh();
    expect(kids(other)).toEqual([old, rsa, next]);
    expect(told).toBe(1);

    parts.clock.advance(1);
    await other.refresh();
    expect(kids(other)).toEqual([next, rsa, old]);
    expect(told).toBe(2);

    parts.clock.advance(24 * hour);
    expect(kids(other)).toEqual([next, rsa]);
    await other.refresh();
    expect(told).toBe(3);
    await expectUsable(es256(other)[0]!);
  });

  test('rotations asked for at once publish one key', async () => {
    await stores[0].ensureKeys('default', ['oidc']);
    const asked = await Promise.all(
      [0, 1, 0, 1, 0, 1].map((at) =>
        stores[at as 0 | 1].rotate('default', 'oidc', 'ES256', { publishLeadMs: jwksCacheMs }),
      ),
    );
    expect(new Set(asked).size).toBe(1);
    expect(es256(stores[0])).toHaveLength(2);
  });

  test('a lead shorter than relying parties cache our keys is refused', async () => {
    const early = { publishLeadMs: jwksCacheMs - 1 };
    await expect(stores[0].rotate('default', 'oidc', 'ES256', early)).rejects.toThrow(RangeError);
    expect(await rows()).toEqual([]);
  });

  test('an emergency leaves nothing of the old key, waiting ones included, on slow clocks too', async () => {
    const [store] = stores;
    await store.ensureKeys('default', ['oidc']);
    const rsa = kids(store)[1];
    await store.rotate('default', 'oidc', 'ES256', { publishLeadMs: 2 * hour });
    const fresh = await store.emergencyRotate('default', 'oidc', 'ES256');
    expect(kids(store)).toEqual([fresh, rsa]);

    parts.clock.advance(-30_000);
    await stores[1].refresh();
    expect(kids(stores[1])).toEqual([fresh, rsa]);
    expect(
      (await parts.auditKinds(null)).filter((kind) => kind === 'key.retired').length,
    ).toBeGreaterThanOrEqual(2);
  });

  test('other processes hear of it by the change feed', async () => {
    const { database, clock } = parts.nodes[1];
    await stores[0].ensureKeys('default', ['oidc']);
    const changeFeed = createChangeFeed({ database, clock, pollMs: 10 });
    const listening = createKeyStore({ ...parts.nodes[1], changeFeed });
    await listening.ensureKeys('default', ['oidc']);
    await changeFeed.start();
    try {
      const heard = new Promise<void>((resolve) => void listening.onChange(resolve));
      const fresh = await stores[0].emergencyRotate('default', 'oidc', 'RS256');
      await heard;
      expect(kids(listening)).toContain(fresh);
    } finally {
      await changeFeed.stop();
      listening.close();
    }
  });

  test('a stolen key leaves other processes also when their first reading of it fails', async () => {
    const { database, clock, sealer } = parts.nodes[1];
    await stores[0].ensureKeys('default', ['oidc']);
    const changeFeed = createChangeFeed({ database, clock, pollMs: 10 });
    const errors: unknown[] = [];
    let failures = 0;
    const listening = createKeyStore({
      ...parts.nodes[1],
      changeFeed,
      sealer: {
        ...sealer,
        open(sealed, context) {
          if (failures > 0) {
            failures -= 1;
            throw new Error('the reading failed');
          }
          return sealer.open(sealed, context);
        },
      },
      onError: (error) => errors.push(error),
    });
    await changeFeed.start();
    try {
      await listening.ensureKeys('default', ['oidc']);
      failures = 1;
      const fresh = await stores[0].emergencyRotate('default', 'oidc', 'RS256');
      await until(async () => kids(listening).includes(fresh));
      expect(kids(listening)).toEqual(kids(stores[0]));
      expect([failures, errors.length]).toEqual([0, 1]);
    } finally {
      await changeFeed.stop();
      listening.close();
    }
  });

  test('listeners hear real changes only, and one that fails stops no other', async () => {
    const errors: unknown[] = [];
    const store = createKeyStore({
      ...parts.nodes[0],
      onError: (error) => errors.push(error),
    });
    let told = 0;
    store.onChange(() => {
      throw new Error('listener');
    });
    const off = store.onChange(() => (told += 1));
    await store.ensureKeys('default', ['oidc']);
    await store.ensureKeys('default', ['oidc']);
    await store.refresh();
    expect([told, errors.length]).toEqual([1, 1]);
    off();
    await store.emergencyRotate('default', 'oidc', 'ES256');
    expect([told, errors.length]).toEqual([1, 2]);
    store.close();
  });

  test('known keys are not decrypted again', async () => {
    await stores[0].ensureKeys('default', ['oidc']);
    const before = es256(stores[0])[0]!.privateKey;
    await stores[0].refresh();
    expect(es256(stores[0])[0]!.privateKey).toBe(before);
  });

  test('private keys are sealed, and resealed under a new encryption key', async () => {
    await stores[0].ensureKeys('default', ['oidc']);
    const [node] = parts.nodes;
    const { database, sealer } = node;
    await database.db
      .insertInto('secrets')
      .values({
        name: 'cookie',
        sealed: sealer.seal(Buffer.from('x'), sealingContext.secret('cookie')),
        created_at: 0,
      })
      .execute();
    for (const row of await rows()) {
      expect(row.private_jwk_sealed).toMatch(/^v1\./);
      expect(row.public_jwk).not.toMatch(/"(d|p|q)":/);
    }

    const keys = { current: Buffer.alloc(32, 8), previous: [Buffer.alloc(32, 7)] };
    const both = createSealer(keys, systemRandom);
    const onlyNew = createSealer({ current: keys.current, previous: [] }, systemRandom);
    const resealed = await resealAll(database, both);
    expect(resealed).toMatchObject({
      'signing_keys.private_jwk_sealed': 2,
      'secrets.sealed': 1,
    });
    expect(new Set(Object.values(await resealAll(database, both)))).toEqual(new Set([0]));
    const reopened = createKeyStore({ ...node, sealer: onlyNew });
    await reopened.refresh();
    expect(kids(reopened)).toEqual(kids(stores[0]));
    reopened.close();
  });
});

describe.each(sqlAdapters)('issuers on $name', (adapter) => {
  let parts: DurableParts;
  beforeEach(async () => {
    parts = await durableParts(adapter);
  });
  afterEach(() => parts.remove());

  const atRoot = { id: 'default', entityId: 'http://localhost:3000', domains: [] };
  const north = { id: 'north', entityId: 'urn:north', domains: ['north.example', 'n.example'] };
  const south = { id: 'south', entityId: 'urn:south', domains: [] };

  test('they are made once and follow the configuration', async () => {
    const [a, b] = [createIssuers(parts.nodes[0]), createIssuers(parts.nodes[1])];
    const made = await Promise.all([a, b, a, b].map((issuers) => issuers.ensure([atRoot, north])));
    for (const issuers of made) expect(issuers).toMatchObject([atRoot, north]);

    const [, { createdAt }] = made[0] as [unknown, { createdAt: number }];
    parts.clock.advance(1_000);
    const moved = { ...atRoot, entityId: 'https://id.example.org', domains: ['example'] };
    const changed = [moved, { ...north, domains: ['n.example'] }, south];
    await a.ensure(changed);
    const read = await b.ensure((before) => before);
    expect(read).toEqual(
      expect.arrayContaining(changed.map((one) => expect.objectContaining(one) as unknown)),
    );
    expect(read).toHaveLength(3);
    expect(read).toContainEqual({ ...north, domains: ['n.example'], createdAt });
  });

  test('an entity id may go from one to another, and who is not configured is gone', async () => {
    const issuers = createIssuers(parts.nodes[0]);
    await issuers.ensure([atRoot, north, south]);
    const swapped = [
      atRoot,
      { ...south, entityId: north.entityId },
      { ...north, entityId: south.entityId },
    ];
    expect(await issuers.ensure(swapped)).toMatchObject(swapped);
    await issuers.ensure([atRoot, { ...south, entityId: south.entityId }]);
    const left = await issuers.ensure((before) => before);
    expect(left.map(({ id }) => id).sort()).toEqual(['default', 'south']);
  });
});

describe.each(sqlAdapters)('keys with certificates on $name', (adapter) => {
  let parts: DurableParts;
  let stores: [ManagedKeyStore, ManagedKeyStore];
  beforeEach(async () => {
    parts = await durableParts(adapter);
    stores = [createKeyStore(parts.nodes[0]), createKeyStore(parts.nodes[1])];
    await createIssuers(parts.nodes[0]).ensure([
      { id: 'default', entityId: 'https://id.example.org', domains: [] },
      { id: 'north', entityId: 'urn:north', domains: [] },
    ]);
  });
  afterEach(async () => {
    for (const store of stores) store.close();
    await parts.remove();
  });

  const rows = () => parts.nodes[0].database.db.selectFrom('signing_keys').selectAll().execute();

  test('a start makes keys for OIDC and SAML, of parallel starts one', async () => {
    const issuers = ['default', 'north'];
    await Promise.all(stores.flatMap((store) => issuers.map((issuer) => store.ensureKeys(issuer))));
    expect(await rows()).toHaveLength(2 * 4);
    await stores[0].refresh();
    const [store] = stores;
    for (const [issuer, name] of [
      ['default', 'https://id.example.org'],
      ['north', 'urn:north'],
    ] as const) {
      expect(store.keys(issuer, 'oidc').map((key) => key.certificate)).toEqual([null, null]);
      for (const purpose of ['saml', 'saml-encryption'] as const) {
        const [key, ...more] = store.keys(issuer, purpose);
        expect(more).toEqual([]);
        expect(key?.algorithm).toBe('RS256');
        expectCertified(key!, name);
      }
    }
    expect(store.keys('default', 'external-mfa')).toEqual([]);
    await store.ensureKeys('default', ['external-mfa']);
    expectCertified(store.keys('default', 'external-mfa')[0]!, 'https://id.example.org');
  });

  test('who has been running with OIDC keys alone keeps them', async () => {
    await stores[0].ensureKeys('default', ['oidc']);
    const before = stores[0].keys('default', 'oidc').map((key) => key.kid);
    await stores[1].ensureKeys('default');
    expect(stores[1].keys('default', 'oidc').map((key) => key.kid)).toEqual(before);
    expect(stores[1].keys('default', 'saml')).toHaveLength(1);
  });

  test.each(['saml', 'saml-encryption'] as const)(
    'a rotation of %s shows both certificates',
    async (purpose) => {
      const [store] = stores;
      await store.ensureKeys('default');
      const kids = () => store.keys('default', purpose).map((key) => key.kid);
      const [old] = kids();
      const lead = { publishLeadMs: keyPurposes[purpose].shortestLeadMs };
      expect(lead.publishLeadMs).toBeGreaterThan(metadataCacheMs);
      const next = await store.rotate('default', purpose, 'RS256', lead);
      expect(kids()).toEqual([old, next]);
      expectCertified(store.keys('default', purpose)[1]!, 'https://id.example.org');
      expect(store.keys('default', 'oidc')).toHaveLength(2);
      parts.clock.advance(lead.publishLeadMs);
      expect(kids()).toEqual([next, old]);
      parts.clock.advance(24 * hour);
      expect(kids()).toEqual([next]);
    },
  );

  test('an emergency leaves nothing of the old one and touches no other purpose', async () => {
    const [store] = stores;
    await store.ensureKeys('default');
    const others = store.keys('default', 'saml-encryption');
    const fresh = await store.emergencyRotate('default', 'saml', 'RS256');
    expect(store.keys('default', 'saml').map((key) => key.kid)).toEqual([fresh]);
    expectCertified(store.keys('default', 'saml')[0]!, 'https://id.example.org');
    expect(store.keys('default', 'saml-encryption')).toEqual(others);
  });

  test('leads shorter than partners keep metadata, and other algorithms, are refused', async () => {
    const [store] = stores;
    const early = { publishLeadMs: metadataCacheMs };
    await expect(store.rotate('default', 'saml', 'RS256', early)).rejects.toThrow(RangeError);
    const enough = { publishLeadMs: 24 * hour };
    await expect(store.rotate('default', 'saml', 'ES256', enough)).rejects.toThrow(RangeError);
    await expect(store.emergencyRotate('default', 'saml', 'ES256')).rejects.toThrow(RangeError);
    expect(await rows()).toEqual([]);
  });

  test('resealing keeps certificates', async () => {
    const [node] = parts.nodes;
    await stores[0].ensureKeys('default', ['saml', 'saml-encryption']);
    const certificates = async () => (await rows()).map((row) => [row.kid, row.certificate]).sort();
    const before = await certificates();
    const keys = { current: Buffer.alloc(32, 8), previous: [Buffer.alloc(32, 7)] };
    await resealAll(node.database, createSealer(keys, systemRandom));
    expect(await certificates()).toEqual(before);
    const reopened = createKeyStore({
      ...node,
      sealer: createSealer({ current: keys.current, previous: [] }, systemRandom),
    });
    await reopened.refresh();
    expectCertified(reopened.keys('default', 'saml')[0]!, 'https://id.example.org');
    reopened.close();
  });
});

function expectCertified(key: SigningKey, name: string): void {
  const certificate = new X509Certificate(key.certificate ?? '');
  expect(certificate.checkPrivateKey(key.privateKey)).toBe(true);
  expect(certificate.verify(createPublicKey({ key: key.publicJwk as never, format: 'jwk' }))).toBe(
    true,
  );
  expect(certificate.subject).toBe(`CN=${name}`);
  expect(key.privateKey.asymmetricKeyDetails?.modulusLength).toBe(2048);
}

/** Signs and verifies by the published face, whose id is its thumbprint (RFC 7638). */
async function expectUsable(key: SigningKey): Promise<void> {
  const message = Buffer.from('message');
  const signature = sign('sha256', message, key.privateKey);
  const publicKey = createPublicKey({ key: key.publicJwk as never, format: 'jwk' });
  expect(verify('sha256', message, publicKey, signature)).toBe(true);
  expect(key.publicJwk).toMatchObject({ kid: key.kid, alg: key.algorithm, use: 'sig' });
  expect(key.publicJwk).not.toHaveProperty('d');
  const { kty, crv, x, y, n, e } = key.publicJwk as Record<string, string>;
  const bare = kty === 'EC' ? { kty, crv, x, y } : { kty, n, e };
  expect(await calculateJwkThumbprint(bare as never)).toBe(key.kid);
}
