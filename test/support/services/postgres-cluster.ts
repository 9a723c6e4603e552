import { execFileSync } from 'node:child_process';
import { chownSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { ChildServer, findBinary, freePort, type Command } from './child-server.js';

/** `undefined` when PostgreSQL is not installed. */
export const postgresBinary = findBinary('postgres');

export interface TestPostgres {
  /** URL of the database `postgres`, as its superuser. */
  readonly url: string;
  readonly server: ChildServer;
  /** Stops the server and removes its files. */
  remove(): Promise<void>;
}

/**
 * A PostgreSQL cluster of one's own, for tests that kill and restart it. It never waits for a disk; what it has
 * acknowledged survives a kill -9 all the same, in the memory of the operating system.
 */
export async function startPostgresCluster(
  settings: Record<string, string> = {},
): Promise<TestPostgres> {
  if (postgresBinary === undefined) throw new Error('PostgreSQL is not installed');
  const folder = mkdtempSync(join(tmpdir(), 'drawbridge-postgres-'));
  const identity = serverIdentity();
  if (identity.uid !== undefined) chownSync(folder, identity.uid, identity.gid);
  const data = join(folder, 'data');
  const initdb = [
    '-D',
    data,
    '-U',
    'postgres',
    '--auth=trust',
    '-E',
    'UTF8',
    '--locale=C',
    '--no-sync',
  ];
  execFileSync(findBinary('initdb') ?? 'initdb', initdb, {
    ...identity,
    cwd: '/',
    stdio: 'pipe',
  });
  const port = await freePort();
  const all = {
    port: `${port}`,
    listen_addresses: '127.0.0.1',
    unix_socket_directories: folder,
    fsync: 'off',
    full_page_writes: 'off',
    shared_buffers: '32MB',
    max_connections: '200',
    ...settings,
  };
  const args = [
    '-D',
    data,
    ...Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
  ];
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`;
  const command: Command = { binary: postgresBinary, args, ...identity };
  const server = new ChildServer(command, () => runSql(url, 'select 1'));
  await server.start();
  const remove = async () => {
    await server.kill('SIGQUIT');
    rmSync(folder, { recursive: true, force: true });
  };
  return { url, server, remove };
}

/** Runs one statement on a connection of its own. */
export async function runSql(url: string, statement: string): Promise<pg.QueryResult> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => {});
  await client.connect();
  try {
    return await client.query(statement);
  } finally {
    await client.end();
  }
}

/** PostgreSQL refuses to run as root; Debian's package makes the user it should be. */
function serverIdentity(): { uid: number; gid: number } | { uid?: never; gid?: never } {
  if (process.getuid?.() !== 0) return {};
  const id = (flag: string) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}
