import { argon2id } from 'hash-wasm';

/**
 * For the worker: takes a tenth of a second to a second. In a file of its own, because the worker needs nothing else of the
 * protocol.
 */
export const stretchPin = (pin: string, salt: Uint8Array): Promise<Uint8Array> =>
  argon2id({
    password: pin,
    salt,
    memorySize: 19_456,
    iterations: 2,
    parallelism: 1,
    hashLength: 32,
    outputType: 'binary',
  });
