import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll } from '@jest/globals';

export interface MetadataServer {
  url: string;
  /** What is answered: a document, or a status. */
  answer: string | number;
  asked: number;
}

/** A publisher on this machine; gone when the tests of the file are done. */
export async function startMetadataServer(): Promise<MetadataServer> {
  const state: MetadataServer = { url: '', answer: 404, asked: 0 };
  const server = createServer((_request, response) => {
    state.asked += 1;
    const { answer } = state;
    if (typeof answer === 'string') response.end(answer);
    else response.writeHead(answer, { location: 'https://elsewhere.example/' }).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  afterAll(() => new Promise<void>((resolve) => void server.close(() => resolve())));
  state.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/metadata`;
  return state;
}
