import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { activationState } from '../../src/devices/activation.js';
import { createActivationDesk } from '../../src/devices/create-activation-desk.js';
import { createDeviceReader } from '../../src/devices/create-device-reader.js';
import { createPhoneActivation } from '../../src/devices/create-phone-activation.js';
import { createProfileWriter } from '../../src/devices/create-profile-writer.js';
import { createRevocation } from '../../src/devices/create-revocation.js';
import { createSignedRequests } from '../../src/devices/signed-request/create-signed-requests.js';
import type { RequestVerdict } from '../../src/devices/signed-request/signed-request.js';
import type { Person } from '../../src/directory/person.js';
import { createCodeCredentials } from '../../src/factors/otp/code-credentials.js';
import { createApprovalStrikes } from '../../src/factors/push/approval-strikes.js';
import { createMemoryEphemeralStore } from '../../src/storage/ephemeral/memory-ephemeral-store.js';
import { durableParts, fiftyAtOnce, type DurableParts } from '../support/factors/durable-parts.js';
import {
  ReferenceAuthenticator,
  type Sent,
} from '../support/reference-authenticator/reference-authenticator.js';
import { sqlAdapters } from '../support/services/fresh-stores.js';

const origin = 'https://id.example';

describe.each(sqlAdapters)('devices on $name', (adapter) => {
  let parts: DurableParts;
  let nodes: readonly [Node, Node];
  const people = new Map<string, Person>();
  type Node = ReturnType<typeof wire>;

  const wire = (base: DurableParts['nodes'][0], store = createMemoryEphemeralStore(base.clock)) => {
    const codes = createCodeCredentials(base);
    const told: string[] = [];
    const onRevoked = (one: { id: string; because: string }) => {
      told.push(`${one.id} ${one.because}`);
      return Promise.resolve();
    };
    const revocation = createRevocation({ ...base, codes, ends: 'sessions-of-phone', onRevoked });
    const shared = { ...base, store, codes, revocation };
    const directory = { find: (id: string) => Promise.resolve(people.get(id) ?? null) };
    return {
      ...shared,
      told,
      desk: createActivationDesk({ ...shared, onActivated: () => {} }),
      activation: createPhoneActivation({
        ...shared,
        directory,
        codesAllowed: true,
        onCompleted: () => {},
      }),
      devices: createDeviceReader(base.database),
      profiles: createProfileWriter(base),
      requests: createSignedRequests(shared),
      strikes: createApprovalStrikes(base.database),
    };
  };

  beforeAll(async () => {
    parts = await durableParts(adapter);
    const store = createMemoryEphemeralStore(parts.clock);
    nodes = [wire(parts.nodes[0], store), wire(parts.nodes[1], store)];
  });
  afterAll(() => parts.remove());

  async function somebody(): Promise<Person> {
    const person = await parts.addPerson();
    people.set(person.id, person);
    return person;
  }

  const issue = (person: Person) => {
    const [{ database, desk }] = nodes;
    return database.transaction((tx) =>
      desk.issue(tx, person, { origin: 'self', clientAddress: '192.0.2.7' }),
    );
  };

  const begin = (node: Node, code: string, phone: ReferenceAuthenticator, more = {}) =>
    node.activation.begin(
      {
        code,
        secondSecret: null,
        deviceKey: phone.devicePublicKey,
        installation: Buffer.alloc(16, 5),
        deviceName: 'Phone',
        bodyHash: phone.devicePublicKey.toString('hex'),
        ...more,
      },
      { clientAddress: `192.0.2.${Math.floor(Math.random() * 250)}` },
    );

  const newPhone = () => new ReferenceAuthenticator(origin, () => parts.clock.now());

  async function active(person: Person, codeSecret: Uint8Array | null = Buffer.alloc(20, 1)) {
    const [{ desk, database, devices }] = nodes;
    const { phone, issued, begun } = await completed(person, codeSecret);
    await database.transaction((tx) => desk.confirm(tx, issued.id, person.id));
    return { phone, profile: (await devices.profile(begun.profile.id))! };
  }

  /** Up to where the fingerprint has to be confirmed. */
  async function completed(person: Person, codeSecret: Uint8Array | null = null) {
    const [{ activation }] = nodes;
    const phone = newPhone();
    const issued = await issue(person);
    const begun = await begin(nodes[0], issued.code, phone);
    if (!begun.ok) throw new Error(begun.error);
    phone.kept.profile = begun.profile.id;
    phone.kept.activation = begun.activation;
    const { activationKeys } = await keysOf(phone, begun.profile);
    const done = await activation.complete(begun.profile, { ...activationKeys, codeSecret });
    if (!done.ok) throw new Error(done.error);
    return { phone, issued, begun };
  }

  async function keysOf(phone: ReferenceAuthenticator, profile: { id: string }) {
    const { publicKeyOf, signBytes, approvalKeyStatement } =
      await import('../support/reference-authenticator/keys.js');
    const { blind } = await import('../support/reference-authenticator/oprf.js');
    const draft = (await nodes[0].devices.profile(profile.id as never))!;
    await nodes[0].activation.evaluate(draft, blind(Buffer.alloc(32, 1), 7n));
    const scalar = Buffer.alloc(32, 2);
    const approvalKey = publicKeyOf(scalar);
    const statement = approvalKeyStatement(
      phone.kept.activation,
      phone.devicePublicKey,
      approvalKey,
    );
    return { activationKeys: { approvalKey, proof: signBytes(scalar, statement) } };
  }

  const judge = (node: Node, sent: Sent): Promise<RequestVerdict> =>
    node.requests.judge({
      proof: sent.proof,
      method: sent.method,
      url: sent.url,
      body: Buffer.from(sent.body),
      clientAddress: '192.0.2.7',
    });

  test('fifty phones with one code on two nodes: one', async () => {
    const issued = await issue(await somebody());
    const phones = Array.from({ length: 50 }, newPhone);
    // Computed here, because nothing else gets its turn meanwhile.
    for (const { devicePublicKey } of phones) expect(devicePublicKey).toHaveLength(65);
    const begun = await fiftyAtOnce(nodes, (node, index) =>
      begin(node, issued.code, phones[index]!),
    );
    expect(begun.filter(({ ok }) => ok)).toHaveLength(1);
  });

  test('fifty confirmations at once: one; the codes of the profile are an ordinary credential', async () => {
    const person = await somebody();
    const phone = newPhone();
    const issued = await issue(person);
    const begun = await begin(nodes[0], issued.code, phone);
    if (!begun.ok) throw new Error(begun.error);
    phone.kept.activation = begun.activation;
    const { activationKeys } = await keysOf(phone, begun.profile);
    const codeSecret = Buffer.alloc(20, 3);
    await nodes[0].activation.complete(begun.profile, { ...activationKeys, codeSecret });
    const confirmed = await fiftyAtOnce(nodes, ({ database, desk }) =>
      database.transaction((tx) => desk.confirm(tx, issued.id, person.id)),
    );
    const winners = confirmed.flatMap((profile) => profile ?? []);
    expect(winners).toHaveLength(1);
    const { codeCredential } = winners[0]!;
    expect(await nodes[1].codes.state(person.id, codeCredential!)).toEqual({
      locked: false,
      lockedUntil: null,
    });
    expect(await parts.auditKinds(person)).toEqual(['device.activation_issued', 'device.added']);
  });

  test('fourteen phones of one person confirmed at once on two nodes: ten, and five with codes', async () => {
    const person = await somebody();
    const waiting = [];
    for (let phones = 0; phones < 14; phones += 1) {
      waiting.push(await completed(person, Buffer.alloc(20, phones)));
    }
    const confirmed = await Promise.all(
      waiting.map(({ issued }, index) => {
        const { database, desk } = nodes[index % 2 === 0 ? 0 : 1];
        return database.transaction((tx) => desk.confirm(tx, issued.id, person.id));
      }),
    );
    expect(confirmed.filter((profile) => profile !== null)).toHaveLength(10);
    const inForce = await nodes[0].devices.usableProfiles(person.id);
    expect(inForce).toHaveLength(10);
    expect(inForce.filter(({ codeCredential }) => codeCredential !== null)).toHaveLength(5);
  });

  test('a person disabled or signed out everywhere meanwhile adds no phone', async () => {
    const person = await somebody();
    const phone = newPhone();
    const issued = await issue(person);
    const begun = await begin(nodes[0], issued.code, phone);
    if (!begun.ok) throw new Error(begun.error);
    phone.kept.activation = begun.activation;
    const { activationKeys } = await keysOf(phone, begun.profile);
    await nodes[0].activation.complete(begun.profile, { ...activationKeys, codeSecret: null });
    const [{ database, desk }] = nodes;
    await database.db.updateTable('people').set({ epoch: 1 }).where('id', '=', person.id).execute();
    expect(await database.transaction((tx) => desk.confirm(tx, issued.id, person.id))).toBeNull();
  });

  test('a phone that was taken back before its fingerprint was confirmed is not added', async () => {
    const person = await somebody();
    const [{ desk, database, revocation, devices }] = nodes;
    const { issued, begun } = await completed(person);
    await database.transaction((tx) =>
      revocation.revokeProfile(tx, begun.profile.id, { because: 'own-device' }),
    );
    const confirmed = await database.transaction((tx) => desk.confirm(tx, issued.id, person.id));
    expect(confirmed).toBeNull();
    const seen = (await desk.watch(issued.id, person.id))!.activation;
    expect(activationState(seen, parts.clock.now())).toBe('refused');
    expect((await devices.profile(begun.profile.id))!.activatedAt).toBeNull();
    expect(await parts.auditKinds(person)).toEqual([
      'device.activation_issued',
      'device.activation_refused',
    ]);
  });

  test('a phone is confirmed and taken back at once: added and then revoked, or never added', async () => {
    for (let round = 0; round < 10; round += 1) {
      const person = await somebody();
      const [one, other] = nodes;
      const { issued, begun } = await completed(person);
      const [confirmed] = await Promise.all([
        one.database.transaction((tx) => one.desk.confirm(tx, issued.id, person.id)),
        other.database.transaction((tx) =>
          other.revocation.revokeProfile(tx, begun.profile.id, { because: 'own-device' }),
        ),
      ]);
      const { activation } = (await one.desk.watch(issued.id, person.id))!;
      const state = activationState(activation, parts.clock.now());
      expect(state).toBe(confirmed === null ? 'refused' : 'active');
      const profile = (await one.devices.profile(begun.profile.id))!;
      expect(profile.activatedAt === null).toBe(confirmed === null);
      expect(profile.revokedAt).not.toBeNull();
    }
  });

  test('the identical request fifty times at once is carried out once', async () => {
    const { phone } = await active(await somebody());
    const sent = phone.prepare('GET', '/inbox');
    const verdicts = await fiftyAtOnce(nodes, (node) => judge(node, sent));
    expect(verdicts.filter(({ kind }) => kind === 'fresh')).toHaveLength(1);
    const others = verdicts.filter(({ kind }) => kind !== 'fresh');
    expect(others).toEqual(Array(49).fill({ kind: 'refused', status: 409, error: 'in_progress' }));
    const fresh = verdicts.find((verdict) => verdict.kind === 'fresh')!;
    await nodes[0].requests.answered(fresh, { status: 200, body: '{"a":1}' });
    expect(await judge(nodes[1], sent)).toEqual({
      kind: 'retry',
      answer: { status: 200, body: '{"a":1}' },
    });
  });

  test('two requests with one number revoke the profile, and everything of it is gone', async () => {
    const person = await somebody();
    const { phone, profile } = await active(person);
    const copy = phone.copy(origin);
    parts.clock.advance(10);
    const [one, other] = [phone.prepare('GET', '/inbox'), copy.prepare('GET', '/codes')];
    const verdicts = await Promise.all([judge(nodes[0], one), judge(nodes[1], other)]);
    expect(verdicts.map(({ kind }) => kind).sort()).toEqual(['fresh', 'refused']);
    expect(await judge(nodes[0], phone.prepare('GET', '/inbox'))).toMatchObject({ status: 410 });
    const row = await nodes[0].database.db
      .selectFrom('profiles')
      .selectAll()
      .where('id', '=', profile.id)
      .executeTakeFirstOrThrow();
    expect(row).toMatchObject({
      oprf_key_sealed: null,
      code_secret_sealed: null,
      push_sealed: null,
      revoked_because: 'clone',
    });
    expect(await nodes[0].codes.state(person.id, profile.codeCredential!)).toBeNull();
    expect(await parts.auditKinds(person)).toContain('device.revoked');
    const told = [...nodes[0].told, ...nodes[1].told];
    expect(told.filter((line) => line.startsWith(profile.id))).toEqual([`${profile.id} clone`]);
    expect(await nodes[1].devices.devicesOf(person.id)).toEqual([]);
    expect(await nodes[1].devices.devicesOf(person.id, { revokedToo: true })).toHaveLength(1);
  });

  test('fifty revocations at once: one row, one mail', async () => {
    const person = await somebody();
    const { profile } = await active(person, null);
    const revoked = await fiftyAtOnce(nodes, ({ database, revocation }) =>
      database.transaction((tx) =>
        revocation.revokeProfile(tx, profile.id, { because: 'help-desk', actor: 'desk' }),
      ),
    );
    expect(revoked.filter((one) => one !== null)).toHaveLength(1);
    const kinds = await parts.auditKinds(person);
    expect(kinds.filter((kind) => kind === 'device.revoked')).toHaveLength(1);
  });

  test('fifty charges at once are five strikes and a lock, which a right approval undoes', async () => {
    const { profile } = await active(await somebody());
    const charged = await fiftyAtOnce(nodes, ({ strikes, clock }) =>
      strikes.charge(profile.id, clock.now()),
    );
    const left = charged.flatMap((one) => one ?? []).map(({ strikesLeft }) => strikesLeft);
    expect(left.sort()).toEqual([0, 1, 2, 3, 4]);
    const [{ strikes, clock, devices }] = nodes;
    expect((await devices.profile(profile.id))?.lockedAt).toBe(clock.now());
    expect(await devices.usableProfiles(profile.person)).toEqual([]);
    await strikes.forgive(profile.id, clock.now());
    expect(await strikes.charge(profile.id, clock.now())).toEqual({ strikesLeft: 4 });
  });

  test('a subscription is sealed, and dropped only while it is the one that is gone', async () => {
    const { profile } = await active(await somebody());
    const [{ profiles, devices, database }] = nodes;
    const one = { endpoint: 'https://push.example/1', p256dh: 'p', auth: 'a' };
    await profiles.setSubscription(profile.id, one);
    expect(await nodes[1].profiles.subscription(profile.id)).toEqual(one);
    await profiles.dropSubscription(profile.id, 'https://push.example/0');
    expect((await devices.profile(profile.id))?.hasSubscription).toBe(true);
    const dump = JSON.stringify(await database.db.selectFrom('profiles').selectAll().execute());
    expect(dump).not.toContain('push.example');
    await profiles.dropSubscription(profile.id, one.endpoint);
    expect(await profiles.subscription(profile.id)).toBeNull();
  });
});
