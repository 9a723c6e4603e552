import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import {
  carryOutImport,
  removeImported,
} from '../../src/protocols/saml/partners/carry-out-import.js';
import { createFetchMetadata } from '../../src/protocols/saml/partners/fetch-metadata.js';
import { metadataRows } from '../../src/protocols/saml/partners/metadata-rows.js';
import {
  createPartnerDirectory,
  type ManagedPartnerDirectory,
} from '../../src/protocols/saml/partners/partner-directory.js';
import { planImport, type ImportRequest } from '../../src/protocols/saml/partners/plan-import.js';
import { refreshMetadata } from '../../src/protocols/saml/partners/refresh-metadata.js';
import { claimRefresh, storeRefreshed } from '../../src/protocols/saml/partners/refresh-rows.js';
import {
  expiringMetadata,
  staleMetadata,
} from '../../src/protocols/saml/partners/watch-metadata.js';
import {
  createLayeredRegistry,
  type LayeredRegistry,
} from '../../src/relying-parties/registered/layered-registry.js';
import type { RelyingParty } from '../../src/relying-parties/relying-party.js';
import {
  createReplaceableRegistry,
  type ReplaceableRegistry,
} from '../../src/relying-parties/replaceable-registry.js';
import { createProtocolSections } from '../../src/server/protocol-sections.js';
import { createChangeFeed, type ChangeFeed } from '../../src/storage/sql/change-feed.js';
import { durableParts, fiftyAtOnce, type DurableParts } from '../support/factors/durable-parts.js';
import { startMetadataServer, type MetadataServer } from '../support/saml/metadata-server.js';
import { aggregateXml, entityXml, inDays, signedXml } from '../support/saml/partner-metadata.js';
import { samlParty } from '../support/saml/saml-party.js';
import { sqlAdapters } from '../support/services/fresh-stores.js';
import { until } from '../support/services/until.js';
import { testKey } from '../unit/saml-core/support/key-pairs.js';

const hour = 3_600_000;
const sp = 'https://sp.example/saml';
const federation = testKey();
const defaults = { factors: 2 as const, maxAge: null };
let publisher: MetadataServer;
beforeAll(async () => {
  publisher = await startMetadataServer();
});
afterAll(() => publisher?.close());

describe.each(sqlAdapters)('metadata of service providers on $name', (adapter) => {
  let parts: DurableParts;
  let files: ReplaceableRegistry;
  let feed: ChangeFeed;
  let registry: LayeredRegistry;
  let directory: ManagedPartnerDirectory;
  let errors: unknown[];
  const sections = () => createProtocolSections({ clock: parts.clock, refuseExpired: () => true });

  beforeEach(async () => {
    publisher.answer = entityXml(sp);
    parts = await durableParts(adapter);
    // The server is another process than the one that imports.
    const server = parts.nodes[1];
    errors = [];
    const onError = (error: unknown) => errors.push(error);
    files = createReplaceableRegistry([], onError);
    feed = createChangeFeed({ ...server, pollMs: 20, onError });
    await feed.start();
    registry = await createLayeredRegistry({
      ...server,
      files,
      changeFeed: feed,
      sections: sections(),
      defaults,
      onSkipped: () => {},
      onError,
    });
    directory = createPartnerDirectory({ ...server, registry, changeFeed: feed, onError });
    await directory.ready();
  });
  afterEach(async () => {
    directory.close();
    registry.close();
    await feed.stop();
    await parts.remove();
    expect(errors).toEqual([]);
  });

  const plan = (request: Partial<ImportRequest> = {}, inFiles: readonly RelyingParty[] = []) =>
    planImport(
      {
        id: 'payroll',
        document: Buffer.from(entityXml(sp)),
        url: null,
        name: null,
        entityId: null,
        certificate: null,
        nameId: null,
        attributes: null,
        ...request,
      },
      { ...parts.nodes[0], sections: sections(), defaults, now: parts.clock.now(), inFiles },
    );
  const bring = async (request: Partial<ImportRequest> = {}) => {
    const planned = await plan(request);
    if (!planned.ok) throw new Error(JSON.stringify(planned.failure));
    await carryOutImport(planned.value, 'file', parts.nodes[0]);
  };
  const rows = () => metadataRows(parts.nodes[0].database.db);
  const everything = async () => {
    const { db } = parts.nodes[0].database;
    return [
      await db.selectFrom('relying_parties').selectAll().execute(),
      await db.selectFrom('saml_metadata').selectAll().execute(),
    ];
  };
  const refresh = (privateHosts = ['127.0.0.1'], node = 1) =>
    refreshMetadata({
      ...parts.nodes[node]!,
      registry,
      fetchMetadata: createFetchMetadata({ privateHosts }),
    });
  const inForce = () => until(async () => directory.byEntityId(sp) !== null);

  test('an import is in force on other servers without a restart, and gone when it is removed', async () => {
    expect(directory.byEntityId(sp)).toBeNull();
    await bring({ name: 'Payroll', nameId: 'email', attributes: { mail: 'mail' } });
    await inForce();
    expect(directory.byRelyingParty('payroll')).toMatchObject({
      party: { id: 'payroll', name: 'Payroll', enabled: true },
      settings: { name_id: 'email', attributes: { mail: 'mail' }, entity_id: sp },
      metadata: { entityId: sp, acs: [{ url: 'https://sp.example/acs' }] },
    });
    await removeImported({ id: 'payroll', protocol: 'saml' }, parts.nodes[0]);
    await until(async () => registry.byId('payroll') === null);
    expect(directory.byEntityId(sp)).toBeNull();
    expect(await parts.auditKinds(null)).toEqual([
      'relying_party.imported',
      'relying_party.removed',
    ]);
  });

  test('importing again updates what was given and keeps the rest', async () => {
    await bring({ name: 'Payroll', attributes: { mail: 'mail' } });
    await bring({ document: Buffer.from(entityXml(sp, { acs: 'https://sp.example/new' })) });
    await until(
      async () => directory.byEntityId(sp)?.metadata.acs[0]?.url === 'https://sp.example/new',
    );
    expect(directory.byEntityId(sp)).toMatchObject({
      party: { name: 'Payroll' },
      settings: { attributes: { mail: 'mail' } },
    });
    expect(await rows()).toHaveLength(1);
  });

  test('one entity of an aggregate is taken by name', async () => {
    const all = aggregateXml(
      entityXml('urn:other') + entityXml(sp, { id: '_two' }),
      `validUntil="${inDays(2, parts.clock.now())}"`,
    );
    await bring({ document: Buffer.from(all), entityId: sp });
    await inForce();
    parts.clock.advance(48 * hour);
    expect(directory.byEntityId(sp)).toBeNull();
    expect(directory.byRelyingParty('payroll')).toBeNull();
  });

  test('of fifty imports at once of a new id one is written, the others are refused', async () => {
    const planned = await plan();
    if (!planned.ok) throw new Error('refused');
    const done = await fiftyAtOnce(parts.nodes, (node) =>
      carryOutImport(planned.value, 'file', node).then(
        () => 'done',
        (error: { code: string }) => error.code,
      ),
    );
    expect(done.filter((one) => one === 'done')).toHaveLength(1);
    expect(done.filter((one) => one === 'conflict')).toHaveLength(49);
  });

  const sha1 = { method: 'http://www.w3.org/2000/09/xmldsig#rsa-sha1' };
  test.each<[string, () => Partial<ImportRequest> & { xml?: string }, string]>([
    [
      'B97 no validUntil of an aggregate',
      () => ({ xml: aggregateXml(entityXml(sp), '') }),
      'does not say how long',
    ],
    [
      'B97 expired',
      () => ({ xml: entityXml(sp, { attributes: 'validUntil="2001-01-01T00:00:00Z"' }) }),
      'is no longer valid',
    ],
    [
      'B97 bad signature',
      () => ({
        xml: signedXml(entityXml(sp), testKey()),
        certificate: federation.certificate,
      }),
      'has a signature that was not made with',
    ],
    ['B97 unsigned', () => ({ certificate: federation.certificate }), 'is not signed'],
    [
      'B97 SHA-1',
      () => ({
        xml: signedXml(entityXml(sp), federation, sha1),
        certificate: federation.certificate,
      }),
      'SHA-1',
    ],
    [
      'B97 duplicate',
      () => ({
        xml: aggregateXml(
          entityXml(sp) + entityXml(sp, { id: '_b' }),
          `validUntil="${inDays(2, parts.clock.now())}"`,
        ),
      }),
      'more than once',
    ],
    ['B97 50 MB', () => ({ xml: `<!--${' '.repeat(50 * 1024 * 1024)}-->` }), 'is larger than'],
    ['S17 script', () => ({ xml: entityXml(sp, { acs: 'javascript:x' }) }), 'javascript:x'],
    [
      'S13 requests signed by nobody',
      () => ({ xml: entityXml(sp, { role: 'AuthnRequestsSigned="1"' }) }),
      'names no key that requests could be signed with',
    ],
    ['another entity', () => ({ xml: entityXml('urn:other') }), 'does not describe'],
    ['no certificate in the pin', () => ({ certificate: 'x' }), 'the certificate cannot be read'],
    ['a bad name', () => ({ id: 'Pay Roll', xml: entityXml('urn:new') }), 'must be 1 to 64'],
    [
      'an entity that is taken',
      () => ({ id: 'second' }),
      'is taken by registered relying party payroll',
    ],
  ])('refused with the reason, nothing changed: %s', async (_, request, reason) => {
    await bring();
    const before = await everything();
    const { xml, ...rest } = request();
    const planned = await plan({
      ...(xml === undefined ? {} : { document: Buffer.from(xml) }),
      ...rest,
    });
    expect(planned.ok).toBe(false);
    expect(JSON.stringify(planned)).toContain(reason);
    expect(await everything()).toEqual(before);
    await inForce();
  });

  test('a file comes before an import, by id and by entity id', async () => {
    const inFile = samlParty('wages', {}, { metadata: { entityId: sp } });
    expect(JSON.stringify(await plan({ id: 'wages' }, [inFile]))).toContain('described in a file');
    expect(JSON.stringify(await plan({}, [inFile]))).toContain('taken by wages');
    await bring();
    await inForce();
    // A file that is written later takes the name, at once.
    files.replace([inFile]);
    expect(registry.byId('payroll')).toBeNull();
    expect(directory.byEntityId(sp)?.party.id).toBe('wages');
    files.replace([]);
    expect(directory.byEntityId(sp)?.party.id).toBe('payroll');
  });

  test('a service that a file disables or drops is so in the directory in the same turn', async () => {
    const party = samlParty('wages');
    const { entityId } = (party.settings as { metadata: { entityId: string } }).metadata;
    files.replace([party]);
    expect(directory.byEntityId(entityId)?.party.enabled).toBe(true);
    files.replace([{ ...party, enabled: false }]);
    expect(directory.byEntityId(entityId)?.party.enabled).toBe(false);
    files.replace([]);
    expect(directory.byEntityId(entityId)).toBeNull();
  });

  /** A service in a file, with the address of its metadata. */
  const follow = (settings: Record<string, unknown> = {}) => {
    const party = samlParty('payroll', { metadata_url: publisher.url, ...settings });
    files.replace([{ ...party, settings: { ...(party.settings as object), metadata: null } }]);
  };

  test('metadata is fetched when it is missing, and again when it is due', async () => {
    follow();
    expect(directory.states()).toMatchObject([{ taken: false, source: 'url' }]);
    expect(staleMetadata(directory.states())).toEqual([]);
    await Promise.all([refresh(), refresh()]);
    await inForce();
    const asked = publisher.asked;
    publisher.answer = entityXml(sp, { acs: 'https://sp.example/new' });
    await refresh();
    expect(publisher.asked).toBe(asked);
    parts.clock.advance(24 * hour);
    await refresh();
    expect(publisher.asked).toBe(asked + 1);
    await until(
      async () => directory.byEntityId(sp)?.metadata.acs[0]?.url === 'https://sp.example/new',
    );
    expect(await parts.auditKinds(null)).toEqual([
      'relying_party.metadata_changed',
      'relying_party.metadata_changed',
    ]);
  });

  test.each<[string, () => string | number]>([
    ['unreachable', () => 503],
    ['a redirect', () => 302],
    ['another entity', () => entityXml('urn:other')],
    ['expired', () => entityXml(sp, { attributes: 'validUntil="2001-01-01T00:00:00Z"' })],
    ['a script', () => entityXml(sp, { acs: 'javascript:x' })],
    ['not metadata', () => '<html/>'],
  ])('a bad answer changes nothing but the note of it: %s', async (_, answer) => {
    follow();
    await refresh();
    await inForce();
    const good = directory.byEntityId(sp)?.metadata;
    parts.clock.advance(24 * hour);
    publisher.answer = answer();
    await refresh();
    await until(async () => directory.states()[0]?.failingSince !== null);
    expect(directory.byEntityId(sp)?.metadata).toEqual(good);
    expect(staleMetadata(directory.states())).toHaveLength(1);
    publisher.answer = entityXml(sp);
    parts.clock.advance(hour);
    await refresh();
    await until(async () => directory.states()[0]?.failingSince === null);
    expect(staleMetadata(directory.states())).toEqual([]);
  });

  test('fetched metadata must be signed by whom is pinned, also when the pin comes later', async () => {
    follow();
    await refresh();
    await inForce();
    follow({ metadata_certificate: federation.certificate });
    expect(directory.byEntityId(sp)).toBeNull();
    await refresh();
    await until(async () => directory.states()[0]?.failingSince !== null);
    expect(directory.byEntityId(sp)).toBeNull();
    publisher.answer = signedXml(entityXml(sp), federation);
    parts.clock.advance(hour);
    await refresh();
    await inForce();
  });

  test('a private address is not called unless it is listed', async () => {
    follow();
    const { asked } = publisher;
    await refresh([]);
    await until(async () => directory.states()[0]?.failingSince !== null);
    expect(publisher.asked).toBe(asked);
    expect((await rows())[0]?.lastError).toContain('private address');
  });

  test('of fifty attempts at once one is made', async () => {
    const source = { relyingParty: 'payroll', url: 'https://sp.example/m', pinned: null };
    const now = parts.clock.now();
    const claim = () =>
      fiftyAtOnce(parts.nodes, ({ database }) =>
        claimRefresh(database, source, { now: parts.clock.now(), until: now + hour }),
      );
    expect((await claim()).filter(Boolean)).toHaveLength(1);
    expect((await claim()).filter(Boolean)).toHaveLength(0);
    parts.clock.advance(hour);
    const { database, clock } = parts.nodes[0];
    const other = { ...source, url: 'https://sp.example/other' };
    const metadata = (samlParty('x').settings as { metadata: never }).metadata;
    const fetched = { metadata, refreshAt: now };
    expect(await storeRefreshed(database.db, other, fetched, clock)).toBe(false);
    expect(await storeRefreshed(database.db, source, fetched, clock)).toBe(true);
  });

  test('what is about to end is told a week before', async () => {
    const xml = entityXml(sp, { attributes: `validUntil="${inDays(8, parts.clock.now())}"` });
    await bring({ document: Buffer.from(xml) });
    await inForce();
    expect(expiringMetadata(directory.states(), parts.clock.now())).toEqual([]);
    parts.clock.advance(25 * hour);
    expect(expiringMetadata(directory.states(), parts.clock.now())).toHaveLength(1);
  });

  test('a broken row is left out and takes nobody along', async () => {
    await bring();
    const { db } = parts.nodes[0].database;
    const row = { protocol: 'saml', origin: 'import', created_at: 1, updated_at: 1 };
    await db
      .insertInto('relying_parties')
      .values([
        { ...row, id: 'a-broken', document: '{' },
        { ...row, id: 'b-list', document: '[]' },
        { ...row, id: 'c-unknown', protocol: 'telex', document: '{}' },
        { ...row, id: 'd-sealed', document: '{"name":"x","saml":{}}', secret_sealed: 'x' },
      ])
      .execute();
    await db
      .insertInto('saml_metadata')
      .values({ relying_party: 'a-broken', metadata: '{' })
      .execute();
    await registry.refresh();
    await directory.ready();
    expect(registry.all().map(({ id }) => id)).toEqual(['payroll']);
    expect(directory.byEntityId(sp)?.party.id).toBe('payroll');
  });
});
