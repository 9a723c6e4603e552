import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ChildServer, findBinary, freePort } from './child-server.js';
import { until } from './until.js';

/** The programs behind the functions here; `undefined` when Redis is not installed. */
export const redisBinary = findBinary('redis-server');
export const sentinelBinary = findBinary('redis-sentinel');

export interface TestRedis {
  readonly url: string;
  readonly host: string;
  readonly port: number;
  readonly server: ChildServer;
  /** Sends one inline command and returns the raw reply. */
  command(text: string): Promise<string>;
  /** Stops the server and removes its files. */
  remove(): Promise<void>;
}

/** A Redis server of one's own, for tests that kill and restart it. Keeps nothing on disk unless `appendOnly`. */
export async function startRedisServer(
  options: { replicaOf?: number; appendOnly?: boolean } = {},
): Promise<TestRedis> {
  const folder = mkdtempSync(join(tmpdir(), 'drawbridge-redis-'));
  const port = await freePort();
  const args = ['--port', `${port}`, '--bind', '127.0.0.1', '--dir', folder, '--save', ''];
  args.push('--appendonly', options.appendOnly === true ? 'yes' : 'no', '--appendfsync', 'always');
  args.push('--repl-diskless-sync-delay', '0');
  if (options.replicaOf !== undefined) args.push('--replicaof', `127.0.0.1 ${options.replicaOf}`);
  return serve(required(redisBinary), args, port, folder);
}

export interface TestSentinelTrio {
  readonly primary: TestRedis;
  readonly replica: TestRedis;
  readonly sentinel: TestRedis;
  /** What the store under test is configured with. */
  readonly options: { sentinels: { host: string; port: number }[]; name: string };
  remove(): Promise<void>;
}

/** A primary, its replica and the Sentinel that promotes the replica about a second after the primary has gone. */
export async function startRedisSentinelTrio(): Promise<TestSentinelTrio> {
  const primary = await startRedisServer();
  const replica = await startRedisServer({ replicaOf: primary.port });
  await until(async () =>
    (await replica.command('INFO replication')).includes('master_link_status:up'),
  );
  const sentinel = await startSentinel(primary.port);
  await until(async () => (await sentinel.command('INFO sentinel')).includes('slaves=1'));
  return {
    primary,
    replica,
    sentinel,
    options: { sentinels: [{ host: sentinel.host, port: sentinel.port }], name: 'drawbridge' },
    remove: async () => {
      await Promise.all([sentinel.remove(), primary.remove(), replica.remove()]);
    },
  };
}

async function startSentinel(primaryPort: number): Promise<TestRedis> {
  const folder = mkdtempSync(join(tmpdir(), 'drawbridge-sentinel-'));
  const port = await freePort();
  const config = join(folder, 'sentinel.conf');
  const lines = [
    `port ${port}`,
    'bind 127.0.0.1',
    `dir ${folder}`,
    `sentinel monitor drawbridge 127.0.0.1 ${primaryPort} 1`,
    'sentinel down-after-milliseconds drawbridge 500',
    'sentinel failover-timeout drawbridge 2000',
  ];
  writeFileSync(config, lines.join('\n'));
  return serve(required(sentinelBinary), [config], port, folder);
}

async function serve(
  binary: string,
  args: string[],
  port: number,
  folder: string,
): Promise<TestRedis> {
  const host = '127.0.0.1';
  const command = (text: string) => inlineCommand(port, text);
  const server = new ChildServer({ binary, args }, async () => {
    if (!(await command('PING')).startsWith('+PONG')) throw new Error('not ready');
  });
  await server.start();
  const remove = async () => {
    await server.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  };
  return { url: `redis://${host}:${port}`, host, port, server, command, remove };
}

async function inlineCommand(port: number, text: string): Promise<string> {
  const socket = createConnection(port, '127.0.0.1');
  socket.end(`${text}\r\nQUIT\r\n`);
  let reply = '';
  socket.setEncoding('utf8').on('data', (chunk: string) => {
    reply += chunk;
  });
  await once(socket, 'close');
  return reply;
}

function required(binary: string | undefined): string {
  if (binary === undefined) throw new Error('Redis is not installed');
  return binary;
}
