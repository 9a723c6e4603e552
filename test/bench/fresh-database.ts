import { runSql } from '../support/services/postgres-cluster.js';

let count = 0;

/** An empty database on the PostgreSQL of this run; it goes when that does. */
export async function freshDatabase(postgres: string): Promise<string> {
  const name = `bench_${process.pid}_${(count += 1)}`;
  await runSql(postgres, `create database ${name}`);
  const url = new URL(postgres);
  url.pathname = `/${name}`;
  return url.href;
}
