import { readFileSync, writeFileSync } from 'node:fs';
import { prepareToReceive, receiveMessage } from '../../../src/saml-core/receive-message.js';
import type { InboundMessage, ReceiveDeps } from '../../../src/saml-core/received.js';
import { authnRequest, partnerId, post } from '../../unit/saml-core/support/genuine.js';
import { answerCommands } from './answer-commands.js';
import { worstMessages } from './worst-messages.js';

export interface AttackedOptions {
  /** One of `worstMessages`. */
  message: string;
}

const GENUINE = 200;

/**
 * A receiver that has served for a while and meets one hostile message. `attack` answers the milliseconds until it is
 * done with it, `grown` by how many MB (10⁶ bytes) its memory was larger at the worst moment than before.
 */
const { message } = JSON.parse(process.argv[2] ?? '') as AttackedOptions;
const hostile = worstMessages[message]?.();
if (hostile === undefined) throw new Error(`no message is called ${message}`);

/** Somebody who needs not sign, so that a message gets as far as it can. */
const deps: ReceiveDeps = {
  partnerOf: (issuer) =>
    issuer === partnerId
      ? { entityId: partnerId, signingCertificates: [], mustSign: false, allowSha1: false }
      : null,
  expected: ['AuthnRequest'],
};

await prepareToReceive();
for (let count = 0; count < GENUINE; count += 1) {
  const { ok } = await receiveMessage(post(authnRequest()), deps);
  if (!ok) throw new Error('a good request was refused');
}

let grownMb = 0;
answerCommands({}, () => Promise.resolve(), {
  attack: () => attack(hostile),
  grown: () => grownMb,
});

async function attack(inbound: InboundMessage): Promise<number> {
  // 5: the highest mark of resident memory starts anew (proc(5)).
  writeFileSync('/proc/self/clear_refs', '5');
  const before = memoryBytes('VmRSS');
  const began = performance.now();
  await receiveMessage(inbound, deps);
  const took = performance.now() - began;
  grownMb = Math.max(0, memoryBytes('VmHWM') - before) / 1e6;
  return took;
}

function memoryBytes(field: 'VmRSS' | 'VmHWM'): number {
  const status = readFileSync('/proc/self/status', 'utf8');
  return Number(new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1]) * 1024;
}
