import { connect } from 'node:net';

/** Sends bytes as they are, and returns everything that comes back until the server closes or falls silent. */
export function rawRequest(url: string, bytes: string, silenceMs = 400): Promise<string> {
  const { port } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), '127.0.0.1');
    let text = '';
    socket.setTimeout(silenceMs, () => {
      socket.destroy();
    });
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
    });
    socket.on('close', () => {
      resolve(text);
    });
    socket.on('error', (error: NodeJS.ErrnoException) => {
      // A server that slams the door has answered, too.
      if (error.code === 'ECONNRESET' || error.code === 'EPIPE') resolve(text);
      else reject(error);
    });
    socket.write(Buffer.from(bytes, 'latin1'));
  });
}

export function statusesOf(answer: string): number[] {
  return [...answer.matchAll(/^HTTP\/1\.[01] (\d{3})/gm)].map(([, status]) => Number(status));
}
