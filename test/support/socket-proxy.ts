import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** What a client sent before the first byte of an answer came back: the time it costs is one way there and back. */
export interface RoundTrip {
  /** Where it went: the name the proxy was given. */
  to: string;
  /** As the decoder names them, in the order sent. */
  commands: string[];
}

/** Names the commands in what one connection sends. Keeps what is incomplete until the rest arrives. */
export type CommandDecoder = (chunk: Buffer) => string[];

export interface SocketProxy {
  port: number;
  close(): Promise<void>;
}

/**
 * A TCP proxy that tells of every round trip. Commands written together (a pipeline, the messages of one prepared
 * statement) are one trip; two connections used at the same time are two.
 */
export async function startSocketProxy(options: {
  name: string;
  target: { host: string; port: number };
  decoder: () => CommandDecoder;
  onTrip: (trip: RoundTrip) => void;
}): Promise<SocketProxy> {
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(options.target.port, options.target.host);
    const decode = options.decoder();
    let current: RoundTrip | null = null;
    client.on('data', (chunk: Buffer) => {
      if (current === null) {
        current = { to: options.name, commands: [] };
        options.onTrip(current);
      }
      current.commands.push(...decode(chunk));
      upstream.write(chunk);
    });
    upstream.on('data', (chunk: Buffer) => {
      current = null;
      client.write(chunk);
    });
    const pairs = [
      [client, upstream],
      [upstream, client],
    ] as const;
    for (const [socket, other] of pairs) {
      sockets.add(socket);
      socket.setNoDelay(true);
      socket.on('error', () => other.destroy());
      socket.on('close', () => {
        sockets.delete(socket);
        other.destroy();
      });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
