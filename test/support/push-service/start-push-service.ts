import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { Agent, createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { until } from '../services/until.js';

export interface ReceivedPush {
  path: string;
  headers: Record<string, string | string[] | undefined>;
  body: Buffer;
}

export interface PushService {
  /** A name on the product's list; `agent` leads it here. */
  host: string;
  agent: Agent;
  received: ReceivedPush[];
  /** What the next pushes get. */
  answer: { status: number; headers?: Record<string, string> } | 'never';
  /** Waits until so many have arrived. */
  arrived(count: number): Promise<ReceivedPush[]>;
  close(): Promise<void>;
}

export async function startPushService(host = 'fcm.googleapis.com'): Promise<PushService> {
  const { key, cert } = selfSigned(host);
  const server = createServer({ key, cert }, (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.once('end', () => {
      const { url = '', headers } = request;
      service.received.push({ path: url, headers, body: Buffer.concat(chunks) });
      if (service.answer === 'never') return;
      response.writeHead(service.answer.status, service.answer.headers).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const service: PushService = {
    host,
    agent: new LoopbackAgent(port, cert),
    received: [],
    answer: { status: 201 },
    async arrived(count) {
      await until(() => Promise.resolve(service.received.length >= count));
      return service.received;
    },
    async close() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
  return service;
}

/** Connects to the test's port whatever the address says; the certificate is still checked against the name. */
class LoopbackAgent extends Agent {
  readonly #port: number;
  readonly #ca: string;

  constructor(port: number, ca: string) {
    super();
    this.#port = port;
    this.#ca = ca;
  }

  override createConnection(options: { servername?: string; host?: string | null }) {
    const servername = options.servername ?? options.host ?? '';
    return connect({ host: '127.0.0.1', port: this.#port, servername, ca: this.#ca });
  }
}

function selfSigned(host: string): { key: string; cert: string } {
  const folder = mkdtempSync(join(tmpdir(), 'drawbridge-push-'));
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  try {
    execFileSync(
      'openssl',
      [
        ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'],
        ...['-subj', `/CN=${host}`, '-addext', `subjectAltName=DNS:${host}`, '-days', '2'],
        ...['-keyout', key, '-out', cert],
      ],
      { stdio: 'ignore' },
    );
    return { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
