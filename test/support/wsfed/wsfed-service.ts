import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { closeServer } from '../start-server.js';

/** A relying party with people signed in by cookie, which it forgets when it is told to clean up. */
export class WsFedService {
  readonly id: string;
  readonly url: string;
  /** Whether it sends browsers back after it has cleaned up. */
  returns = true;
  readonly #server: Server;

  private constructor(id: string, server: Server) {
    this.id = id;
    this.#server = server;
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  }

  static async start(id: string): Promise<WsFedService> {
    let self: WsFedService | null = null;
    const server = createServer((request, response) => {
      const { searchParams } = new URL(request.url ?? '/', 'http://localhost');
      const cookie = `service-${id}`;
      const isIn = (request.headers.cookie ?? '').includes(`${cookie}=in`);
      const page = (text: string) => response.writeHead(200).end(text);
      if (request.method === 'POST') {
        request.resume();
        response.setHeader('set-cookie', `${cookie}=in; HttpOnly`);
        page('signed in');
      } else if (searchParams.get('wa') === 'wsignoutcleanup1.0') {
        response.setHeader('set-cookie', `${cookie}=; Max-Age=0`);
        const back = searchParams.get('wreply');
        if (self?.returns === true && back !== null)
          response.writeHead(302, { location: back }).end();
        else page('cleaned up');
      } else page(isIn ? 'signed in' : 'signed out');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    self = new WsFedService(id, server);
    return self;
  }

  close(): Promise<void> {
    return closeServer(this.#server);
  }
}
