import { errorStatus, type ErrorAnswer, type ErrorCode } from '../../wire.js';

/** One HTTP request as it goes out; sent again it is the same bytes. */
export interface OutgoingRequest {
  method: string;
  url: string;
  headers: Readonly<Record<string, string>>;
  body: string | null;
}

/** An answer, read whole. */
export interface Reply {
  status: number;
  /** JSON; `null` for none. */
  body: unknown;
  error: ErrorAnswer | null;
  retryAfterMs: number | null;
}

/** What is used of `fetch`. */
export type Fetch = (
  url: string,
  init: {
    method: string;
    headers: Record<string, string>;
    body?: string;
    signal: AbortSignal;
  } & typeof fetchSettings,
) => Promise<Response>;

/** Nothing of it is cached, no cookie of the sign-in pages goes along, and no redirect is followed. */
const fetchSettings = { cache: 'no-store', credentials: 'omit', redirect: 'error' } as const;

/** @throws when nobody answered */
export async function fetchOnce(
  fetch: Fetch,
  request: OutgoingRequest,
  signal: AbortSignal,
): Promise<Response> {
  const { method, url, headers, body } = request;
  const init = { method, headers: { ...headers }, signal, ...fetchSettings };
  return fetch(url, body === null ? init : { ...init, body });
}

/** Something between us and the server (a portal, a proxy) may answer too: what is no error of ours counts as `unavailable`. */
export async function readReply(response: Response): Promise<Reply> {
  const text = await response.text();
  const body = parse(text);
  const seconds = Number(response.headers.get('retry-after') ?? Number.NaN);
  const retryAfterMs = Number.isFinite(seconds)
    ? Math.min(Math.max(seconds, 0), 3600) * 1000
    : null;
  const { status } = response;
  return { status, body, error: response.ok ? null : errorOf(body, status), retryAfterMs };
}

function errorOf(body: unknown, status: number): ErrorAnswer {
  const { error, ...more } = (body ?? {}) as Partial<Record<keyof ErrorAnswer, unknown>>;
  const isOurs = typeof error === 'string' && errorStatus[error as ErrorCode] === status;
  if (!isOurs) return { error: 'unavailable' };
  return {
    error: error as ErrorCode,
    ...(typeof more.time === 'number' ? { time: more.time } : {}),
    ...(typeof more.after === 'number' ? { after: more.after } : {}),
    ...(typeof more.live === 'boolean' ? { live: more.live } : {}),
  };
}

function parse(text: string): unknown {
  try {
    return text === '' ? null : JSON.parse(text);
  } catch {
    return null;
  }
}
