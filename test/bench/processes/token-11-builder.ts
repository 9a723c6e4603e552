import { sign } from 'node:crypto';
import { systemRandom } from '../../../src/kernel/random.js';
import { buildToken11 } from '../../../src/saml-core/build-token-11.js';
import { buildTokenResponse } from '../../../src/saml-core/build-token-response.js';
import { testKey } from '../../unit/saml-core/support/key-pairs.js';
import { token11Content } from '../../unit/saml-core/support/token-11-content.js';
import { inLanes } from '../load.js';
import { answerCommands, cpuMs } from './answer-commands.js';

const IN_FLIGHT = 4;
const TOKENS = 400;
const WARM_UP = 2_000;

/**
 * Signed SAML 1.1 tokens, each in the response that carries it, and bare signatures of the same key. Each command
 * answers how many of them a second of CPU makes.
 */
const key = testKey();
const content = token11Content();
const ours = async () => {
  const { xml } = await buildToken11(content, key, systemRandom);
  const { audience, notBefore, notOnOrAfter } = content;
  return buildTokenResponse({
    token: xml,
    appliesTo: audience,
    created: notBefore,
    expires: notOnOrAfter,
  });
};

/** As long as what is signed in a token, and the same call. */
const signedInfo = Buffer.alloc(700, 'x');
const bareSignature = () =>
  new Promise<void>((resolve, reject) => {
    sign(
      'sha256',
      signedInfo,
      { key: key.privateKey, dsaEncoding: 'ieee-p1363' },
      (error: Error | null) => (error ? reject(error) : resolve()),
    );
  });

const run = (job: () => Promise<unknown>, count: number) =>
  inLanes(Array<typeof job>(count).fill(job), IN_FLIGHT);

async function perCpuSecond(job: () => Promise<unknown>): Promise<number> {
  const before = cpuMs();
  await run(job, TOKENS);
  return TOKENS / ((cpuMs() - before) / 1000);
}

/** Who measures the wrong thing should hear of it. */
const built = await ours();
if (built.split('<ds:SignatureValue>').length !== 2) throw new Error('ours is not signed once');
await run(ours, WARM_UP);

answerCommands({}, () => Promise.resolve(), {
  tokens: () => perCpuSecond(ours),
  signatures: () => perCpuSecond(bareSignature),
});
