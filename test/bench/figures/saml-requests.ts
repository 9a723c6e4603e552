import { SLICES, type Figure } from '../figure.js';
import { MeasuredProcess } from '../processes/measured-process.js';

/** What a signed AuthnRequest costs until its values can be believed: guard, schema, signature. */
export const samlRequests: Figure = {
  name: 'saml-requests',
  async measure() {
    const child = await MeasuredProcess.start('test/bench/processes/saml-receiver.ts', {});
    const raw = { redirect: [] as number[], post: [] as number[] };
    try {
      for (let slice = 0; slice < SLICES; slice += 1) {
        raw.redirect.push(await child.ask('redirect'));
        raw.post.push(await child.ask('post'));
      }
    } finally {
      await child.stop();
    }
    const row = (binding: string, values: number[]) => ({
      what: `CPU of checking a signed AuthnRequest, ${binding}`,
      unit: 'ms',
      aim: { at: 'most' as const, value: 1.5 },
      raw: values,
    });
    return [row('Redirect', raw.redirect), row('POST', raw.post)];
  },
};
