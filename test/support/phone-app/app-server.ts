import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAppAssets } from '../../../src/authenticator/app-assets.js';
import { PublicUrl } from '../../../src/config/public-url.js';
import { phoneAppFolder } from '../../../src/server/package-folder.js';

/** Serves the app and no API, mounted under a path; what organisation it is of can be changed, which makes it another version. */
export async function startAppServer(mountPath = '') {
  const versionFor = (organisation: string, base: string) =>
    createAppAssets({ folder: phoneAppFolder(), publicUrl: new PublicUrl(base), organisation });
  let sent = 0;
  const server = createServer((request, response) => {
    const { socket } = request;
    const before = socket.bytesWritten;
    response.on('close', () => {
      sent += socket.bytesWritten - before;
    });
    const path = new URL(request.url ?? '/', 'http://localhost').pathname;
    const isOurs =
      path.startsWith(mountPath) && assets.serve(request, response, path.slice(mountPath.length));
    if (!isOurs) response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://localhost:${(server.address() as AddressInfo).port}${mountPath}`;
  let assets = versionFor('Northwind', url);
  return {
    url,
    /** Bytes of all answers that are over, headers included. */
    bytesSent: () => sent,
    setOrganisation: (organisation: string) => {
      assets = versionFor(organisation, url);
    },
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
