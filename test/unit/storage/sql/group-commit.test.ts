import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type Database from 'libsql';
import { DependencyUnavailable } from '../../../../src/kernel/errors.js';
import { GroupCommit } from '../../../../src/storage/sql/group-commit.js';
import { openSqliteFile } from '../../../../src/storage/sql/sqlite-file.js';

let folder: string;
let writing: Database.Database;
/** Sees what is committed, as the process that starts after a power cut would. */
let watching: Database.Database;
let group: GroupCommit;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'drawbridge-group-commit-'));
  writing = openSqliteFile(join(folder, 'test.sqlite'));
  writing.exec('create table written (name text primary key)');
  watching = openSqliteFile(join(folder, 'test.sqlite'));
  group = new GroupCommit(writing);
});
afterEach(() => {
  watching.close();
  writing.close();
  rmSync(folder, { recursive: true, force: true });
});

const insert = (name: string) => writing.prepare('insert into written values (?)').run([name]);
const committed = () =>
  watching
    .prepare('select name from written order by name')
    .all([])
    .map((row) => (row as { name: string }).name);

async function write(name: string): Promise<void> {
  const member = await group.join();
  insert(name);
  await member.commit();
}

test('writes that wait at the same time are committed together', async () => {
  const names = Array.from({ length: 20 }, (_, index) => `n${10 + index}`);
  const writes = names.map(write);
  await writes[0];
  expect(committed()).toEqual(names);
  await Promise.all(writes);
});

test('nobody is told before what they wrote is committed', async () => {
  const seen = await Promise.all(
    ['a', 'b', 'c'].map(async (name) => {
      await write(name);
      return committed().includes(name);
    }),
  );
  expect(seen).toEqual([true, true, true]);
});

test('a turn lasts until its member is done, and nobody sees it meanwhile', async () => {
  const member = await group.join();
  insert('a');
  const next = write('b');
  await new Promise((resolve) => setImmediate(resolve));
  expect(committed()).toEqual([]);
  expect(writing.prepare('select * from written').all([])).toHaveLength(1);
  await member.commit();
  await next;
  expect(committed()).toEqual(['a', 'b']);
});

test.each([0, 1, 2])('the member that rolls back takes nobody along (place %s)', async (place) => {
  const outcomes = await Promise.allSettled(
    ['a', 'b', 'c'].map(async (name, index) => {
      if (index !== place) return write(name);
      const member = await group.join();
      insert(name);
      insert(`${name}${name}`);
      await member.rollback();
    }),
  );
  expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'fulfilled']);
  expect(committed()).toEqual(['a', 'b', 'c'].filter((_, index) => index !== place));
});

test('who fails because of what another one wrote hears of it when that is committed', async () => {
  const first = write('a');
  const second = (async () => {
    const member = await group.join();
    expect(() => insert('a')).toThrow(/UNIQUE/);
    await member.rollback();
    return committed();
  })();
  expect(await second).toEqual(['a']);
  await first;
});

test('what takes the whole transaction along is an outage for all of its members, and passes', async () => {
  const first = write('a');
  const second = (async () => {
    const member = await group.join();
    // What SQLite does by itself where the disk is full.
    writing.exec('rollback');
    await member.rollback();
  })();
  await expect(first).rejects.toThrow(DependencyUnavailable);
  await expect(second).rejects.toThrow(DependencyUnavailable);
  expect(committed()).toEqual([]);
  await Promise.all(['b', 'c'].map(write));
  expect(committed()).toEqual(['b', 'c']);
});

test('a commit that fails is told to all of its members, and the next one works', async () => {
  writing.exec(
    'create table child (parent text references written (name) deferrable initially deferred)',
  );
  const failing = [
    write('a'),
    (async () => {
      const member = await group.join();
      writing.exec("insert into child values ('nobody')");
      await member.commit();
    })(),
  ];
  for (const one of await Promise.allSettled(failing)) expect(one.status).toBe('rejected');
  expect(committed()).toEqual([]);
  await write('b');
  expect(committed()).toEqual(['b']);
});

test('what has to be alone waits until everything is committed', async () => {
  const writes = ['a', 'b'].map(write);
  expect(await group.alone(committed)).toEqual(['a', 'b']);
  await Promise.all(writes);
});
