import { request as send, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { ClusterNode } from './cluster-node.js';

/**
 * Hands each request that reaches `server` to the next living process, headers untouched, the Host among them. A
 * process that is gone is passed over, as a load balancer does; what it had in hand is answered 502.
 * @param before what must hold in every process before a request reaches one
 */
export function alternate(
  server: Server,
  nodes: readonly ClusterNode[],
  before: () => Promise<void>,
): void {
  let turn = 0;
  const next = (): ClusterNode | undefined => {
    for (let tries = 0; tries < nodes.length; tries += 1) {
      const node = nodes[turn % nodes.length];
      turn += 1;
      if (node?.alive === true) return node;
    }
    return undefined;
  };
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    void before().then(() => {
      const node = next();
      if (node === undefined) response.writeHead(502).end();
      else forward(node, request, response);
    });
  });
}

function forward(node: ClusterNode, request: IncomingMessage, response: ServerResponse): void {
  const passed = send({
    host: '127.0.0.1',
    port: node.port,
    method: request.method,
    path: request.url,
    headers: request.rawHeaders,
    agent: false,
  });
  request.pipe(passed);
  response.once('close', () => passed.destroy());
  passed.on('error', () => {
    if (!response.headersSent) response.writeHead(502);
    response.end();
  });
  passed.on('response', (answer) => {
    if (answer.headers['content-type']?.startsWith('text/event-stream') === true) {
      // It ends when somebody leaves: what it says is heard as it comes.
      response.writeHead(answer.statusCode ?? 502, answer.statusMessage, withoutFraming(answer));
      response.flushHeaders();
      answer.pipe(response);
      answer.once('error', () => response.destroy());
      return;
    }
    const chunks: Buffer[] = [];
    answer.on('data', (chunk: Buffer) => chunks.push(chunk));
    answer.on('error', () => response.destroy());
    answer.on('end', () => {
      // Log lines of this request are heard before the test sees its answer.
      void node.flush().then(() => {
        response.writeHead(answer.statusCode ?? 502, answer.statusMessage, withoutFraming(answer));
        response.end(request.method === 'HEAD' ? undefined : Buffer.concat(chunks));
      });
    });
  });
}

/** The answer is sent on in one piece, over a connection of its own: how it was cut belongs to the other one. */
function withoutFraming(answer: IncomingMessage): string[] {
  const kept: string[] = [];
  for (let at = 0; at < answer.rawHeaders.length; at += 2) {
    const [name = '', value = ''] = answer.rawHeaders.slice(at, at + 2);
    if (!/^(transfer-encoding|keep-alive|connection)$/i.test(name)) kept.push(name, value);
  }
  return kept;
}
