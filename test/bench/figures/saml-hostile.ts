import type { Figure, Row } from '../figure.js';
import { MeasuredProcess } from '../processes/measured-process.js';
import type { AttackedOptions } from '../processes/saml-attacked.js';
import { worstMessages } from '../processes/worst-messages.js';

/** A process can meet a message for the first time only once. */
const PROCESSES = 5;

/** The most that a hostile message costs: time, and memory that is added to what the server holds anyway. */
export const samlHostile: Figure = {
  name: 'saml-hostile',
  async measure() {
    const rows: Row[] = [];
    for (const message of Object.keys(worstMessages)) {
      const times: number[] = [];
      const grown: number[] = [];
      for (let count = 0; count < PROCESSES; count += 1) {
        const child = await MeasuredProcess.start('test/bench/processes/saml-attacked.ts', {
          message,
        } satisfies AttackedOptions);
        try {
          times.push(await child.ask('attack'));
          grown.push(await child.ask('grown'));
        } finally {
          await child.stop();
        }
      }
      rows.push(
        {
          what: `Hostile XML, ${message}: time`,
          unit: 'ms',
          aim: { at: 'most', value: 100 },
          raw: times,
        },
        {
          what: `Hostile XML, ${message}: memory`,
          unit: 'MB',
          aim: { at: 'most', value: 50 },
          raw: grown,
        },
      );
    }
    return rows;
  },
};
