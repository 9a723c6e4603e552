import { sign } from 'node:crypto';
import * as samlify from 'samlify';
import { systemRandom } from '../../../src/kernel/random.js';
import { buildResponse } from '../../../src/saml-core/build-response.js';
import {
  assertionContent,
  responseOptions,
} from '../../unit/saml-core/support/assertion-content.js';
import { testKey } from '../../unit/saml-core/support/key-pairs.js';
import { inLanes } from '../load.js';
import { answerCommands, cpuMs } from './answer-commands.js';

const IN_FLIGHT = 4;
const CROWD = 16;
/** Of each kind per slice: about as long as one another. */
const RESPONSES = 400;
const BY_SAMLIFY = 40;
const WARM_UP = 2_000;

/**
 * Signed responses with one key: ours, bare signatures of that key, samlify's. Each command answers how many of them a
 * second of CPU makes, `crowd` with nothing: while it runs, the event loop is watched.
 */
const key = testKey();
const content = assertionContent();
const options = responseOptions();
const ours = () => buildResponse(content, options, key, systemRandom);

/** As long as what is signed in a response, and the same call. */
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

const { post, redirect } = samlify.Constants.namespace.binding;
const idp = samlify.IdentityProvider({
  entityID: content.issuer,
  privateKey: key.pem,
  signingCert: key.certificate,
  requestSignatureAlgorithm: 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
  singleSignOnService: [{ Binding: redirect, Location: 'https://idp.example/sso' }],
  singleLogoutService: [{ Binding: redirect, Location: 'https://idp.example/slo' }],
});
const sp = samlify.ServiceProvider({
  entityID: content.audience,
  wantAssertionsSigned: true,
  assertionConsumerService: [{ Binding: post, Location: content.recipient }],
});
const bySamlify = () =>
  idp.createLoginResponse(sp, { extract: { request: { id: '_request' } } }, 'post', {
    email: 'alice@example.org',
  });

async function perCpuSecond(job: () => Promise<unknown>, count: number): Promise<number> {
  const before = cpuMs();
  await run(job, count, IN_FLIGHT);
  return count / ((cpuMs() - before) / 1000);
}

const run = (job: () => Promise<unknown>, count: number, abreast: number) =>
  inLanes(Array<typeof job>(count).fill(job), abreast);

/** Who measures the wrong thing should hear of it. */
async function check(): Promise<void> {
  const signatures = (xml: string) => xml.split('<ds:SignatureValue>').length - 1;
  const built = await ours();
  const { context } = (await bySamlify()) as { context: string };
  const theirs = Buffer.from(context, 'base64').toString('utf8');
  if (signatures(built.xml) !== 1) throw new Error('ours is not signed once');
  if (signatures(theirs) !== 1) throw new Error('samlify’s is not signed once');
}

await check();
await run(ours, WARM_UP, IN_FLIGHT);
await run(bySamlify, BY_SAMLIFY, IN_FLIGHT);

answerCommands({}, () => Promise.resolve(), {
  responses: () => perCpuSecond(ours, RESPONSES),
  signatures: () => perCpuSecond(bareSignature, RESPONSES),
  samlify: () => perCpuSecond(bySamlify, BY_SAMLIFY),
  crowd: async () => {
    await run(ours, RESPONSES, CROWD);
    return 0;
  },
});
