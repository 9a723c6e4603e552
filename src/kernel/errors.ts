/**
 * Base of every error the product throws on purpose. `message` is exact and stays inside (logs);
 * people outside see only a text chosen by `code`.
 */
export class DrawbridgeError extends Error {
  readonly code: string;
  /** HTTP status an edge answers with. */
  readonly status: number;
  /** Seconds after which trying again makes sense, for 503 answers. */
  readonly retryAfterSeconds: number | undefined;

  constructor(
    code: string,
    message: string,
    options: { status?: number; retryAfterSeconds?: number; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.code = code;
    this.status = options.status ?? 500;
    this.retryAfterSeconds = options.retryAfterSeconds;
  }
}

/** A store or service the product depends on does not answer. Always 503: nothing is decided without it. */
export class DependencyUnavailable extends DrawbridgeError {
  constructor(dependency: string, cause?: unknown) {
    super('service_unavailable', `${dependency} is unavailable`, {
      status: 503,
      retryAfterSeconds: 5,
      cause,
    });
  }
}

/** More work than can be queued. Answered 503 at once instead of making everybody wait. */
export class Overloaded extends DrawbridgeError {
  constructor(what: string) {
    super('overloaded', `${what} is at its limit`, { status: 503, retryAfterSeconds: 2 });
  }
}
