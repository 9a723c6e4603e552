import { SLICES, type Figure } from '../figure.js';
import { MeasuredProcess } from '../processes/measured-process.js';

/** Signed SAML 1.1 tokens beside bare signatures of the same key, which nothing that signs can beat. */
export const saml11Tokens: Figure = {
  name: 'saml11-tokens',
  async measure() {
    const child = await MeasuredProcess.start('test/bench/processes/token-11-builder.ts', {});
    const ours: number[] = [];
    const bare: number[] = [];
    try {
      for (let slice = 0; slice < SLICES; slice += 1) {
        bare.push(await child.ask('signatures'));
        ours.push(await child.ask('tokens'));
      }
    } finally {
      await child.stop();
    }
    const what = 'Signed SAML 1.1 tokens per CPU second';
    return [
      {
        what: `${what}, as a part of bare RSA-2048 signatures`,
        unit: '',
        aim: { at: 'least', value: 0.85 },
        raw: ours.map((rate, slice) => rate / (bare[slice] ?? NaN)),
      },
      { what, unit: '/s', aim: null, raw: ours },
    ];
  },
};
