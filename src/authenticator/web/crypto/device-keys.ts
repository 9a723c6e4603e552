/** What the browser holds and does not let out: the device secret and the device key, both non-extractable. */
export type DeviceKey = Awaited<ReturnType<typeof crypto.subtle.importKey>>;

export interface DeviceKeys {
  secret: DeviceKey;
  signing: DeviceKey;
  /** Uncompressed point, 65 bytes. */
  publicKey: Uint8Array;
}

export async function createDeviceKeys(): Promise<DeviceKeys> {
  const hmac = { name: 'HMAC', hash: 'SHA-256', length: 256 };
  const secret = await crypto.subtle.generateKey(hmac, false, ['sign']);
  const ecdsa = { name: 'ECDSA', namedCurve: 'P-256' };
  const pair = await crypto.subtle.generateKey(ecdsa, false, ['sign', 'verify']);
  const publicKey = new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey));
  return { secret, signing: pair.privateKey, publicKey };
}

export const hmacWith =
  (secret: DeviceKey) =>
  async (message: Uint8Array): Promise<Uint8Array> =>
    new Uint8Array(await crypto.subtle.sign('HMAC', secret, Uint8Array.from(message)));

export const signWith =
  (signing: DeviceKey) =>
  async (data: Uint8Array): Promise<Uint8Array> => {
    const algorithm = { name: 'ECDSA', hash: 'SHA-256' };
    return new Uint8Array(await crypto.subtle.sign(algorithm, signing, Uint8Array.from(data)));
  };
