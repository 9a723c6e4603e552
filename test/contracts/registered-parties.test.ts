import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { describeProblem } from '../../src/config/configuration-problem.js';
import { systemRandom } from '../../src/kernel/random.js';
import { createSealer } from '../../src/keys/aes-gcm-sealer.js';
import { resealAll } from '../../src/keys/reseal.js';
import { sealingContext } from '../../src/keys/sealing-context.js';
import {
  createLayeredRegistry,
  type LayeredRegistry,
} from '../../src/relying-parties/registered/layered-registry.js';
import {
  addRegisteredParty,
  changeRegisteredParty,
  registeredPartiesTopic,
  removeRegisteredParty,
} from '../../src/relying-parties/registered/registered-parties.js';
import {
  createReplaceableRegistry,
  type ReplaceableRegistry,
} from '../../src/relying-parties/replaceable-registry.js';
import { createProtocolSections } from '../../src/server/protocol-sections.js';
import { announce, createChangeFeed, type ChangeFeed } from '../../src/storage/sql/change-feed.js';
import type { Queryable } from '../../src/storage/sql/sql-database.js';
import { durableParts, type DurableParts } from '../support/factors/durable-parts.js';
import { sqlAdapters } from '../support/services/fresh-stores.js';
import { until } from '../support/services/until.js';
import { oidcParty } from '../support/start-server.js';

describe.each(sqlAdapters)('registered relying parties on $name', (adapter) => {
  let parts: DurableParts;
  let files: ReplaceableRegistry;
  let feed: ChangeFeed;
  let registry: LayeredRegistry;
  let skipped: string[];
  let changes: number;

  const open = (sealer = parts.nodes[1].sealer) =>
    createLayeredRegistry({
      ...parts.nodes[1],
      sealer,
      files,
      changeFeed: feed,
      sections: createProtocolSections({ clock: parts.clock, refuseExpired: () => true }),
      defaults: { factors: 2, maxAge: null },
      onSkipped: (problems) => {
        skipped = problems.map(describeProblem);
      },
      onError: (error) => {
        throw error;
      },
    });
  beforeEach(async () => {
    parts = await durableParts(adapter);
    [skipped, changes] = [[], 0];
    files = createReplaceableRegistry([oidcParty('payroll', {})], () => {});
    feed = createChangeFeed({ ...parts.nodes[1], pollMs: 20 });
    await feed.start();
    registry = await open();
    registry.onChange(() => (changes += 1));
  });
  afterEach(async () => {
    registry.close();
    await feed.stop();
    await parts.remove();
  });

  const sealed = (id: string, secret: string) =>
    parts.nodes[0].sealer.seal(
      Buffer.from(JSON.stringify({ client_secret: secret })),
      sealingContext.relyingParty(id),
    );
  /** As the process does that registers. */
  const change = (work: (tx: Queryable) => Promise<unknown>) =>
    parts.nodes[0].database.transaction(async (tx) => {
      await work(tx);
      await announce(tx, registeredPartiesTopic, parts.clock);
    });
  const add = (id: string, clientId = id, more: Record<string, unknown> = {}) =>
    change((tx) =>
      addRegisteredParty(
        tx,
        {
          id,
          protocol: 'oidc',
          document: {
            name: id,
            oidc: { client_id: clientId, redirect_uris: ['https://a.example/cb'] },
            ...more,
          },
          origin: 'registration',
          secretSealed: sealed(id, `secret-of-${id}`),
          managementHash: null,
        },
        parts.clock,
      ),
    );
  const secretOf = (id: string) =>
    (registry.byId(id)?.settings as { client_secret?: string } | undefined)?.client_secret;

  test('stand behind the files, with their secrets, and listeners are told', async () => {
    await add('wiki');
    await until(async () => registry.byId('wiki') !== null);
    expect(registry.all().map(({ id }) => id)).toEqual(['payroll', 'wiki']);
    expect(secretOf('wiki')).toBe('secret-of-wiki');
    expect(changes).toBe(1);
    await change((tx) =>
      changeRegisteredParty(tx, 'wiki', { secretSealed: sealed('wiki', 'another') }, parts.clock),
    );
    await until(async () => secretOf('wiki') === 'another');
    await change((tx) => removeRegisteredParty(tx, 'wiki'));
    await until(async () => registry.byId('wiki') === null);
    expect(changes).toBe(3);
  });

  test('what says ${NAME} says just that', async () => {
    await add('wiki', 'wiki', { name: '${HOME}' });
    await registry.refresh();
    expect(registry.byId('wiki')?.name).toBe('${HOME}');
  });

  test('an id or client_id that a file has is not to be had, and is when the file goes', async () => {
    await add('payroll', 'other');
    await add('wiki', 'payroll');
    await registry.refresh();
    expect(registry.all()).toHaveLength(1);
    expect(skipped.join('\n')).toContain(
      'registered relying party payroll: id: is taken by payroll, which is in a file',
    );
    expect(skipped.join('\n')).toContain('registered relying party wiki: oidc.client_id: is taken');
    files.replace([]);
    expect(registry.all().map(({ id }) => id)).toEqual(['payroll', 'wiki']);
    expect(skipped).toEqual([]);
  });

  test('a bad one is left out with the reason, without its values, and the rest is in force', async () => {
    await add('good');
    await add('bad', 'bad', { oidc: { client_id: 'bad', redirect_uris: ['javascript:hidden'] } });
    await registry.refresh();
    expect(registry.all().map(({ id }) => id)).toEqual(['payroll', 'good']);
    expect(skipped.join('\n')).toContain('registered relying party bad: oidc.redirect_uris');
    expect(skipped.join('\n')).not.toContain('hidden');
  });

  test('their secrets move to a new encryption key', async () => {
    await add('wiki');
    const [old, fresh] = [Buffer.alloc(32, 7), Buffer.alloc(32, 8)];
    const both = createSealer({ current: fresh, previous: [old] }, systemRandom);
    const counts = await resealAll(parts.nodes[0].database, both);
    expect(counts['relying_parties.secret_sealed']).toBe(1);
    registry.close();
    registry = await open(createSealer({ current: fresh, previous: [] }, systemRandom));
    expect(secretOf('wiki')).toBe('secret-of-wiki');
  });
});
