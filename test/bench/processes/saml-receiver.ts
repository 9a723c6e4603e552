import { prepareToReceive, receiveMessage } from '../../../src/saml-core/receive-message.js';
import type { InboundMessage, ReceiveDeps } from '../../../src/saml-core/received.js';
import { authnRequest, deflated, partnerId, post } from '../../unit/saml-core/support/genuine.js';
import { testKey } from '../../unit/saml-core/support/key-pairs.js';
import { peerQuery, peerSigned } from '../../unit/saml-core/support/peer-signature.js';
import { answerCommands, cpuMs } from './answer-commands.js';

const PER_SLICE = 200;
const WARM_UP = 1_000;

/** Signed AuthnRequests from bytes to verified values. Each command answers the CPU of one, in milliseconds. */
const key = testKey();
const request = authnRequest();
const byRedirect: InboundMessage = {
  binding: 'redirect',
  rawQuery: peerQuery('SAMLRequest', deflated(request), key),
};
const byPost = post(peerSigned(request, key));
const deps: ReceiveDeps = {
  partnerOf: (issuer) =>
    issuer === partnerId
      ? {
          entityId: partnerId,
          signingCertificates: [key.certificate],
          mustSign: true,
          allowSha1: false,
        }
      : null,
  expected: ['AuthnRequest'],
};

async function cpuOfOne(inbound: InboundMessage, count: number): Promise<number> {
  const before = cpuMs();
  for (let done = 0; done < count; done += 1) {
    const received = await receiveMessage(inbound, deps);
    if (!received.ok || !received.signed) throw new Error('a good request was refused');
  }
  return (cpuMs() - before) / count;
}

await prepareToReceive();
await cpuOfOne(byRedirect, WARM_UP);
await cpuOfOne(byPost, WARM_UP);

answerCommands({}, () => Promise.resolve(), {
  redirect: () => cpuOfOne(byRedirect, PER_SLICE),
  post: () => cpuOfOne(byPost, PER_SLICE),
});
