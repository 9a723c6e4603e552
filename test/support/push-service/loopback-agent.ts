import { Agent } from 'node:https';
import { connect } from 'node:tls';

/**
 * Connects to a port of this machine whatever the address says; the certificate is still checked against the name. Keeps
 * connections, as the system's way does.
 */
export class LoopbackAgent extends Agent {
  readonly #port: number;
  readonly #ca: string;

  constructor({ port, certificate }: { port: number; certificate: string }) {
    super({ keepAlive: true });
    this.#port = port;
    this.#ca = certificate;
  }

  override createConnection(options: { servername?: string; host?: string | null }) {
    const servername = options.servername ?? options.host ?? '';
    return connect({ host: '127.0.0.1', port: this.#port, servername, ca: this.#ca });
  }
}
