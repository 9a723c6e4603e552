import { argon2id } from 'hash-wasm';
import { stretching } from './derive.js';

/** For the worker: takes a tenth of a second to a second. */
export const stretchPin = (pin: string, salt: Uint8Array): Promise<Uint8Array> =>
  argon2id({
    password: pin,
    salt,
    memorySize: stretching.memoryKiB,
    iterations: stretching.passes,
    parallelism: stretching.lanes,
    hashLength: stretching.length,
    outputType: 'binary',
  });
