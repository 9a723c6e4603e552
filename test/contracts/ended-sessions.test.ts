import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createNoteEnd, pruneEndedSessions } from '../../src/sessions/ended-sessions.js';
import { isCurrent } from '../../src/sessions/session-person.js';
import type { Session } from '../../src/sessions/session.js';
import { directoryNode } from '../support/directory/directory-node.js';
import { durableParts, type DurableParts } from '../support/factors/durable-parts.js';
import { sqlAdapters } from '../support/services/fresh-stores.js';

const hour = 3_600_000;

describe.each(sqlAdapters)('sessions that were ended, on $name', (adapter) => {
  let parts: DurableParts;
  beforeEach(async () => {
    parts = await durableParts(adapter);
  });
  afterEach(() => parts.remove());

  const rows = () => parts.nodes[0].database.db.selectFrom('ended_sessions').selectAll().execute();
  const sessionOf = (person: string, id = 'ses_one') =>
    ({
      id,
      person,
      epoch: 0,
      events: [],
      expiresAt: parts.clock.now() + hour,
    }) as unknown as Session;

  test('count for nothing in every process, and others of the same person do', async () => {
    const { id, epoch } = await parts.addPerson();
    const [one, other] = [sessionOf(id), sessionOf(id, 'ses_other')].map((session) => ({
      ...session,
      epoch,
    }));
    const { directory } = directoryNode(parts.nodes[1]);
    expect(isCurrent(one!, (await directory.find(id))!)).toBe(true);
    await createNoteEnd(parts.nodes[0].database)(one!);
    const now = (await directory.find(id))!;
    expect(now.endedSessions).toEqual(['ses_one']);
    expect([isCurrent(one!, now), isCurrent(other!, now)]).toEqual([false, true]);
  });

  test('may be ended twice, at once, and after their person is gone', async () => {
    const { id } = await parts.addPerson();
    const [first, second] = parts.nodes.map(({ database }) => createNoteEnd(database));
    await Promise.all([first!(sessionOf(id)), second!(sessionOf(id))]);
    await first!(sessionOf('per_nobody'));
    expect(await rows()).toHaveLength(1);
  });

  test('are remembered until they could not live any more, by no clock', async () => {
    const { id } = await parts.addPerson();
    await createNoteEnd(parts.nodes[0].database)(sessionOf(id));
    const prune = () => pruneEndedSessions({ db: parts.nodes[0].database.db, clock: parts.clock });
    parts.clock.advance(hour + 60_000);
    await prune();
    expect(await rows()).toHaveLength(1);
    parts.clock.advance(10 * 60_000);
    await prune();
    expect(await rows()).toEqual([]);
  });
});
