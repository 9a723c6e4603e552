import { SLICES, type Figure, type Row } from '../figure.js';
import { MeasuredProcess } from '../processes/measured-process.js';

/** Signed SAML responses beside bare signatures of the same key, which nothing that signs can beat. */
export const samlResponses: Figure = {
  name: 'saml-responses',
  async measure() {
    const child = await MeasuredProcess.start('test/bench/processes/saml-builder.ts', {});
    const raw = { ours: [], bare: [], samlify: [], delay: [] } as Record<
      'ours' | 'bare' | 'samlify' | 'delay',
      number[]
    >;
    try {
      for (let slice = 0; slice < SLICES; slice += 1) {
        raw.bare.push(await child.ask('signatures'));
        raw.ours.push(await child.ask('responses'));
        raw.samlify.push(await child.ask('samlify'));
        await child.ask('watch');
        await child.ask('crowd');
        raw.delay.push(await child.ask('delay'));
      }
    } finally {
      await child.stop();
    }
    const ofBare = (rates: number[]) => rates.map((rate, slice) => rate / (raw.bare[slice] ?? NaN));
    const what = 'Signed SAML responses per CPU second';
    const perSecond = (name: string, rates: number[]): Row => ({
      what: name,
      unit: '/s',
      aim: null,
      raw: rates,
    });
    return [
      {
        what: `${what}, as a part of bare RSA-2048 signatures`,
        unit: '',
        aim: { at: 'least', value: 0.85 },
        raw: ofBare(raw.ours),
      },
      {
        what: `${what}, samlify's, as a part of bare RSA-2048 signatures`,
        unit: '',
        aim: null,
        raw: ofBare(raw.samlify),
      },
      perSecond(`${what}, Drawbridge`, raw.ours),
      perSecond(`${what}, samlify`, raw.samlify),
      perSecond('Bare RSA-2048 signatures per CPU second', raw.bare),
      {
        what: 'Event-loop delay, 99th percentile, 16 SAML responses in flight',
        unit: 'ms',
        aim: { at: 'most', value: 20 },
        raw: raw.delay,
      },
    ];
  },
};
