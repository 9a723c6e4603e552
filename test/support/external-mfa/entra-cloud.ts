import { generateKeyPairSync, randomUUID, type KeyObject } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SignJWT } from 'jose';
import {
  microsoftClouds,
  type MicrosoftClouds,
} from '../../../src/protocols/external-mfa/microsoft-clouds.js';
import { closeServer } from '../start-server.js';

export const TENANT = '9122040d-6c67-4c5b-b112-36a304b66dad';
export const APP_ID = '600b719b-3766-4dc5-95a6-3c4a8dc31885';
export const REDIRECT = microsoftClouds.global.redirectUri;

/** As Microsoft's documentation has it (vector `eam/claims-request-param.json`). */
export const CLAIMS = {
  id_token: {
    acr: { essential: true, values: ['possessionorinherence'] },
    amr: {
      essential: true,
      values: ['face', 'fido', 'fpt', 'hwk', 'iris', 'otp', 'pop', 'retina', 'sc', 'sms', 'swk'],
    },
  },
};

/** The key documents of the clouds, served from this machine, and hints signed with the key that is in them. */
export interface EntraCloud {
  clouds: MicrosoftClouds;
  /** How often the keys were fetched. */
  fetched(): number;
  /** From now on another key signs; `publish: false` leaves it out of the document. */
  roll(options?: { publish?: boolean; issuer?: string }): void;
  /** From now on the document is answered with that status. */
  answer(status: number): void;
  /** From now on these are its documents in place of the true ones; `null`: the true ones again. */
  serve(documents: { metadata?: string; keys?: string } | null): void;
  hint(
    claims: Record<string, unknown>,
    changes?: { header?: Record<string, unknown>; key?: KeyObject | Uint8Array },
  ): Promise<string>;
  close(): Promise<void>;
}

export async function startEntraCloud(now: () => number): Promise<EntraCloud> {
  const published: Record<string, unknown>[] = [];
  let signing: { kid: string; privateKey: KeyObject };
  let fetched = 0;
  let status = 200;
  let instead: { metadata?: string; keys?: string } = {};
  const server: Server = createServer((request, response) => {
    const { port } = server.address() as AddressInfo;
    const documents: Record<string, unknown> = {
      '/metadata': { jwks_uri: `http://127.0.0.1:${port}/keys` },
      '/keys': { keys: published },
    };
    if (request.url === '/keys') fetched += 1;
    response.statusCode = status;
    const written = instead[request.url === '/keys' ? 'keys' : 'metadata'];
    response.end(written ?? JSON.stringify(documents[request.url ?? ''] ?? {}));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const metadataUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/metadata`;

  const roll: EntraCloud['roll'] = ({ publish = true, issuer } = {}) => {
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    signing = { kid: randomUUID(), privateKey };
    const jwk = publicKey.export({ format: 'jwk' });
    const said = issuer ?? 'https://login.microsoftonline.com/{tenantid}/v2.0';
    if (publish) published.push({ ...jwk, kid: signing.kid, use: 'sig', issuer: said });
  };
  roll();
  return {
    clouds: {
      global: { ...microsoftClouds.global, metadataUrl },
      'us-government': { ...microsoftClouds['us-government'], metadataUrl },
      china: { ...microsoftClouds.china, metadataUrl },
    },
    fetched: () => fetched,
    roll,
    answer: (given) => {
      status = given;
    },
    serve: (documents) => {
      instead = documents ?? {};
    },
    hint(claims, { header = {}, key } = {}) {
      const iat = Math.floor(now() / 1000);
      const tid = (claims['tid'] as string | undefined) ?? TENANT;
      return new SignJWT({
        ver: '2.0',
        iss: `https://login.microsoftonline.com/${tid}/v2.0`,
        sub: 'mBfcvuhSHkDWVgV72x2ruIYdSsPSvcj2R0qfc6mGEAA',
        aud: APP_ID,
        // Issued expired, as Entra does.
        exp: iat - 1,
        iat,
        nbf: iat,
        tid,
        ...claims,
      })
        .setProtectedHeader({ typ: 'JWT', alg: 'RS256', kid: signing.kid, ...header })
        .sign(key ?? signing.privateKey);
    },
    close: () => closeServer(server),
  };
}
