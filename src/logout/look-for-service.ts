import { request as requestHttp, type RequestOptions } from 'node:http';
import { request as requestHttps } from 'node:https';

/** `no`: there is nobody. `unsure`: no sign of life in time, but a browser may reach what this server cannot. */
export type Answers = 'yes' | 'no' | 'unsure';

export type LookForService = (url: string) => Promise<Answers>;

/**
 * Looks whether a service answers before a browser is sent there, where its only way back would be the service's. A
 * connection says too little (a program that hangs still accepts them), so it is asked for the head of the very page,
 * without message, cookie or query. What it says does not matter, nor does its certificate: nothing is told here that
 * anybody could make use of, and the browser judges for itself.
 * @param timeoutMs for the whole of it
 */
export function createLookForService(timeoutMs: number): LookForService {
  return (url) =>
    new Promise((resolve) => {
      const target = URL.canParse(url) ? new URL(url) : null;
      if (target === null || !/^https?:$/.test(target.protocol)) {
        resolve('no');
        return;
      }
      const { protocol, hostname, port, pathname } = target;
      const options: RequestOptions = {
        method: 'HEAD',
        hostname: hostname.replace(/^\[|\]$/g, ''),
        port,
        path: pathname,
        agent: false,
        signal: AbortSignal.timeout(timeoutMs),
      };
      const outgoing =
        protocol === 'https:'
          ? requestHttps({ ...options, rejectUnauthorized: false })
          : requestHttp(options);
      outgoing.on('response', (answer) => {
        answer.destroy();
        resolve(gatewayFailures.has(answer.statusCode ?? 0) ? 'unsure' : 'yes');
      });
      outgoing.on('error', (error: NodeJS.ErrnoException) => {
        resolve(nobody.has(error.code ?? '') ? 'no' : 'unsure');
      });
      outgoing.end();
    });
}

const nobody: ReadonlySet<string> = new Set(['ECONNREFUSED', 'ENOTFOUND']);

/** Said by whoever stands in front of a service that does not answer. */
const gatewayFailures: ReadonlySet<number> = new Set([502, 503, 504]);
