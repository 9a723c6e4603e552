import { failure, success, type Result } from '../../../kernel/result.js';
import {
  AddressRefused,
  createGuardedRequest,
  type GuardedAnswer,
} from '../../../web/guarded-request.js';
import { faultOfMetadataUrl } from './endpoint-faults.js';
import type { Fault } from './fault.js';
import { mostMetadataBytes } from './read-partner.js';

/** The document at a URL, or why there is none. Never throws. */
export type FetchMetadata = (url: string) => Promise<Result<Buffer, Fault>>;

const timeoutMs = 30_000;

/**
 * Fetches over https, or plain http from this very machine, and from no private address but those listed.
 * @param deps.privateHosts host names that may be on private addresses
 */
export function createFetchMetadata(deps: { privateHosts: readonly string[] }): FetchMetadata {
  const call = createGuardedRequest({ ...deps, timeoutMs, limit: mostMetadataBytes });
  return async (url) => {
    const fault = faultOfMetadataUrl(url);
    if (fault !== null) {
      return failure({
        problem: `cannot be fetched: the URL ${fault}`,
        remedy: 'Correct the URL, or download the metadata and name the file.',
      });
    }
    try {
      const answer = await call(url, { headers: { accept: 'application/samlmetadata+xml, */*' } });
      return answer.status === 200 ? success(answer.body) : failure(faultOfAnswer(answer));
    } catch (error) {
      return failure(faultOfError(error));
    }
  };
}

function faultOfAnswer({ status, headers }: GuardedAnswer): Fault {
  const { location } = headers;
  if (status >= 300 && status < 400 && location !== undefined) {
    return {
      problem: `is not at this URL, which points to ${withoutQuery(location)} (status ${status})`,
      remedy: 'No redirect is followed. If that is the right place, name it instead.',
    };
  }
  return {
    problem: `cannot be fetched: the answer has status ${status}`,
    remedy: 'Open the URL in a browser and compare.',
  };
}

/** A query is long where people are sent to sign in, and may hold what a log should not. */
function withoutQuery(location: string): string {
  return location.split(/[?#]/)[0] ?? '';
}

function faultOfError(error: unknown): Fault {
  if (error instanceof AddressRefused) {
    return {
      problem: `is not fetched, because ${error.message}`,
      remedy: 'If the host is yours, list it in oidc.private_hosts of drawbridge.yaml.',
    };
  }
  const { code, message, name } = error as NodeJS.ErrnoException;
  const reason = name === 'TimeoutError' ? `no answer in ${timeoutMs / 1000} seconds` : message;
  return {
    problem: `cannot be fetched: ${reason === '' ? (code ?? 'unknown reason') : reason}`,
    remedy: 'See to it that this machine reaches the URL.',
  };
}
