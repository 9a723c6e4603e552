import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { p256 } from '@noble/curves/nist.js';
import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { codeAt } from '../src/authenticator/web/crypto/code-at.js';
import {
  approvalKeyOf,
  approvalPublicKey,
  codeSecretOf,
  pinInput,
  signWithApprovalKey,
} from '../src/authenticator/web/crypto/derive.js';
import { blindInput, finishEvaluation } from '../src/authenticator/web/crypto/oprf.js';
import { signText } from '../src/authenticator/web/crypto/sign-text.js';
import { stretchPin } from '../src/authenticator/web/crypto/stretch-pin.js';
import { deriveOprfKey, evaluateBlinded } from '../src/devices/crypto/oprf.js';
import { activationCodeOf, groupedActivationCode } from '../src/devices/wire/activation-code.js';
import { toBase64url } from '../src/devices/wire/base64url.js';
import { approvalKeyStatement, deviceFingerprint } from '../src/devices/wire/fingerprint.js';
import { pushTopic } from '../src/factors/push/push-message.js';

/** Writes the vectors and their page section; with `--check` only compares. Everything in it follows from the inputs. */

const file = 'test/fixtures/authenticator-vectors.json';
const page = 'docs/authenticator-protocol.md';

const counted = (first: number, length: number) =>
  Uint8Array.from({ length }, (_, index) => (first + index) & 255);
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

async function vectorsFor(pin: string) {
  const salt = counted(0x10, 16);
  const deviceSecret = counted(0x40, 32);
  const stretched = await stretchPin(pin, salt);
  const x = await pinInput(stretched, async (message) => hmac(sha256, deviceSecret, message));
  const oprfSeed = counted(0x80, 32);
  const oprfKey = deriveOprfKey(oprfSeed);
  const { blind, blinded } = blindInput(x, (length = 48) => counted(0xa0, length));
  const evaluated = evaluateBlinded(oprfKey, blinded);
  if (evaluated === null) throw new Error('not evaluated');
  const seed = finishEvaluation(x, blind, evaluated);
  const approvalKey = approvalKeyOf(seed);
  const codeSecret = codeSecretOf(x);
  const times = [1_767_225_600_000, 1_767_225_629_999, 1_767_225_630_000, 2_000_000_000_000];
  return {
    inputs: { pin, salt, deviceSecret, oprfSeed },
    steps: { stretched, x, oprfKey, blind, blinded, evaluated, seed },
    results: { approvalKey, approvalPublicKey: approvalPublicKey(approvalKey), codeSecret },
    codes: times.map((time) => ({ time, code: codeAt(codeSecret, time) })),
  };
}

const inHex = (values: Record<string, string | Uint8Array>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      typeof value === 'string' ? value : hex(value),
    ]),
  );

async function makeVectors() {
  const profile = 'prf_AAECAwQFBgcICQoLDA0ODw';
  const activation = 'act_EBESExQVFhcYGRobHB0eHw';
  const derived = await Promise.all(['739164', '739165'].map(vectorsFor));
  const [right] = derived;
  if (right === undefined) throw new Error('no vectors');
  const { approvalKey, approvalPublicKey: approvalPublic } = right.results;
  const deviceKey = Uint8Array.from(counted(0x21, 32));
  const devicePublic = p256.getPublicKey(deviceKey, false);
  const statement = approvalKeyStatement(activation, devicePublic, approvalPublic);
  const codeBytes = counted(0xc8, 20);
  const code = activationCodeOf(codeBytes);
  const body = '{"blinded":"Ag"}';
  const htu = 'https://id.example/authenticator/api/inbox';
  const iat = 1_767_225_600_000;
  const bodyHash = createHash('sha256').update(body).digest('base64url');
  const request = { profile, seq: 17, iat, htm: 'POST', htu, body: bodyHash };
  const approval = {
    challenge: 'chl_ICEiIyQlJicoKSorLC0uLw',
    profile,
    relyingParty: 'payroll',
    service: 'Lönesystemet',
    place: 'Head office',
    browser: 'Firefox, Windows',
    at: iat,
    nonce: toBase64url(counted(0x30, 16)),
    number: '07',
    decision: 'approve',
    seq: 18,
  };
  const byDevice = (data: Uint8Array) => p256.sign(data, deviceKey);
  const byApproval = (data: Uint8Array) => signWithApprovalKey(approvalKey, data);
  return {
    derivations: derived.map(({ inputs, steps, results, codes }) => ({
      ...inHex({ ...inputs, ...steps, ...results }),
      codes,
    })),
    profile,
    activation,
    device: inHex({ privateKey: deviceKey, publicKey: devicePublic }),
    fingerprint: deviceFingerprint(activation, devicePublic),
    approvalKeyProof: inHex({ statement, signature: byApproval(statement) }),
    activationCode: { bytes: hex(codeBytes), code, typed: groupedActivationCode(code) },
    request: {
      body,
      payload: request,
      text: await signText({ use: 'request', profile, payload: request }, byDevice),
    },
    approval: {
      payload: approval,
      device: await signText({ use: 'approval-by-device', profile, payload: approval }, byDevice),
      approval: await signText(
        { use: 'approval-by-approval-key', profile, payload: approval },
        byApproval,
      ),
    },
    pushTopic: pushTopic(profile),
  };
}

const vectors = await makeVectors();
const json = `${JSON.stringify(vectors, null, 2)}\n`;
const shown = `<!-- vectors -->\n\`\`\`json\n${json}\`\`\`\n`;
const text = readFileSync(page, 'utf8').replace(/<!-- vectors -->\n[\s\S]*$/, () => shown);
if (process.argv.includes('--check')) {
  const same = readFileSync(file, 'utf8') === json && readFileSync(page, 'utf8') === text;
  if (!same) process.stderr.write(`${file} or ${page} is not what the code makes\n`);
  process.exitCode = same ? 0 : 1;
} else {
  writeFileSync(file, json);
  writeFileSync(page, text);
}
