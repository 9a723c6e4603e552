import { expect } from '@jest/globals';
import { failureReasons, type FailureReason } from '../../src/audit/failure-reasons.js';
import { readActivationCode } from '../../src/devices/wire/activation-code.js';
import type { Scene } from '../security/support/scene.js';
import { DeskProgram, type Answered } from '../support/help-desk.js';
import { mailsAbout } from '../support/mailbox.js';
import { PIN } from '../support/phones.js';
import { ReferenceAuthenticator } from '../support/reference-authenticator/reference-authenticator.js';

/** Reasons that programs of the help desk are told, and nobody else: no page shows them. */
const provocations = {
  client_token_refused: async (scene) => {
    const desk = await started(scene);
    desk.token = 'made-up';
    return desk.get('/people/anybody');
  },
  client_scope_missing: async (scene) => {
    const desk = await started(scene, 'help-desk.read');
    return desk.post('/revocations', { people: ['anybody'] });
  },
  client_over_limit: async (scene) => {
    const desk = await started(scene);
    const call = (from: number) => {
      const people = Array.from({ length: 500 }, (_, index) => `nobody${from + index}`);
      return desk.post('/revocations', { people });
    };
    await call(0);
    await call(500);
    return call(1_000);
  },
  person_protected: async (scene) => {
    const { username } = await scene.somebody({ groups: ['administrators'] });
    return (await started(scene)).post(`/people/${username}/activations`);
  },
  no_mail_address: async (scene) => {
    await scene.server.drawbridge.parts.people.add({ username: 'letter', name: 'By Letter' });
    return (await started(scene)).post('/people/letter/activations');
  },
  no_phone_waiting: async (scene) => {
    const { username } = await scene.somebody();
    const path = `/people/${username}/activations/confirm`;
    return (await started(scene)).post(path, { fingerprint: '123456' });
  },
  fingerprint_differs: async (scene) => {
    const { username } = await scene.somebody({ otp: false });
    const desk = await started(scene);
    const issued = await desk.post(`/people/${username}/activations`);
    const [mail] = await mailsAbout(scene.server, `${username}@example.org`, /^For adding/);
    const phone = new ReferenceAuthenticator(scene.url, () => scene.clock.now());
    await phone.activate(readActivationCode(String(issued.body['code'])) ?? '', PIN, {
      secondSecret: /\b(\d{8})\b/.exec(mail?.text ?? '')?.[1] ?? '',
    });
    const fingerprint = phone.fingerprint === '000000' ? '000001' : '000000';
    return desk.post(`/people/${username}/activations/confirm`, { fingerprint });
  },
} satisfies Partial<Record<FailureReason, (scene: Scene) => Promise<Answered>>>;

const started = (scene: Scene, scope?: string) =>
  DeskProgram.start(scene.url, 'desk', scope === undefined ? {} : { scope });

/** The answer holds the code and the reference of the row; there is no page. */
export const toldToProgram = (reason: keyof typeof provocations) => async (scene: Scene) => {
  const { body } = await provocations[reason](scene);
  expect(body).toMatchObject({ code: failureReasons[reason].code, reason });
  expect(body['reference']).toMatch(/^\S{5}-\S{5}$/);
  return null;
};
