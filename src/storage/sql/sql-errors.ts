import { DrawbridgeError } from '../../kernel/errors.js';

/** A value that one of the databases would store as something else, or not at all. Raised before anything is sent. */
export class UnsupportedSqlValue extends DrawbridgeError {
  constructor(what: string) {
    super('unsupported_sql_value', `the database cannot hold ${what}`);
  }
}

/** A statement of this transaction failed before; nothing of it is kept, whatever was done about that failure. */
export class TransactionAborted extends DrawbridgeError {
  constructor() {
    super(
      'transaction_aborted',
      'a statement of the transaction has failed, it can only be rolled back',
    );
  }
}

/** Whether a statement failed because a row with the same primary key or unique value is already there. */
export function isUniqueViolation(error: unknown): boolean {
  const code = errorCode(error);
  return (
    code === '23505' ||
    code === 'SQLITE_CONSTRAINT_PRIMARYKEY' ||
    code === 'SQLITE_CONSTRAINT_UNIQUE'
  );
}

/** The driver's own code: SQLSTATE of PostgreSQL, result code of SQLite, errno name of Node. */
export function errorCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
