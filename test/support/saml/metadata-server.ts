import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface MetadataServer {
  url: string;
  /** What is answered: a document, or a status. */
  answer: string | number;
  asked: number;
  close(): Promise<void>;
}

/** A publisher on this machine. */
export async function startMetadataServer(): Promise<MetadataServer> {
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  const state: MetadataServer = { url: '', answer: 404, asked: 0, close };
  const server = createServer((_request, response) => {
    state.asked += 1;
    const { answer } = state;
    if (typeof answer === 'string') response.end(answer);
    else
      response
        .writeHead(answer, { location: 'https://elsewhere.example/sign-in?then=secret' })
        .end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  state.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/metadata`;
  return state;
}
