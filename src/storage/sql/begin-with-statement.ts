import pg from 'pg';

/** The part of pg's connection that speaks the extended query protocol; not in its type declarations. */
interface ProtocolConnection {
  parse(message: { text: string }): void;
  bind(message: object): void;
  execute(message: object): void;
}

interface ProtocolQuery {
  name: string | undefined;
  prepare(connection: ProtocolConnection): void;
  handleCommandComplete(message: unknown, connection: ProtocolConnection): void;
}

interface QueryConstructor {
  new (config: {
    text: string;
    values: unknown[];
    name: string | undefined;
    queryMode: 'extended';
    callback: (error: Error | undefined, results: pg.QueryResult[]) => void;
  }): pg.Submittable & ProtocolQuery;
}

export interface NamedStatement {
  text: string;
  values: unknown[];
  /** `undefined`: it is not kept. */
  name: string | undefined;
  query_timeout: number | undefined;
}

const Query = pg.Query as unknown as QueryConstructor;

/**
 * Puts BEGIN into the same message group as the statement: both before the one Sync that pg sends at its end. pg takes the
 * first "parsed" that it hears for that of the statement, so the name is kept from it until BEGIN is complete.
 */
class StatementAfterBegin extends Query {
  begin = '';
  query_timeout: number | undefined;
  #name: string | undefined;

  override prepare(connection: ProtocolConnection): void {
    connection.parse({ text: this.begin });
    connection.bind({});
    connection.execute({});
    super.prepare(connection);
    this.#name = this.name;
    this.name = undefined;
  }

  override handleCommandComplete(message: unknown, connection: ProtocolConnection): void {
    this.name = this.#name;
    super.handleCommandComplete(message, connection);
  }
}

/**
 * Begins a transaction and runs its first statement in one round trip. Should BEGIN fail, the server skips
 * everything up to the Sync, so the statement can never run outside the transaction (PostgreSQL protocol 55.2.3).
 */
export function queryAfterBegin(
  client: pg.ClientBase,
  begin: string,
  statement: NamedStatement,
): Promise<pg.QueryResult> {
  return new Promise((resolve, reject) => {
    const query = new StatementAfterBegin({
      ...statement,
      queryMode: 'extended',
      callback: (error, results) => {
        const last = results?.[1];
        if (error) reject(error);
        else if (last === undefined) reject(new Error('no result behind BEGIN'));
        else resolve(last);
      },
    });
    query.begin = begin;
    query.query_timeout = statement.query_timeout;
    client.query(query);
  });
}
