import { TestBrowser } from '../../support/browser.js';
import { completeSignIn, repeatSignIn } from '../../support/count-sign-ins.js';
import { OidcClient } from '../../support/oidc-client.js';
import { SamlClient } from '../../support/saml/saml-client.js';
import { testKey } from '../../unit/saml-core/support/key-pairs.js';
import { SLICES, type Figure, type Row } from '../figure.js';
import { freshDatabase } from '../fresh-database.js';
import { inLanes, peopleOf } from '../load.js';
import type { DrawbridgeOptions, DrawbridgeReady } from '../processes/drawbridge-server.js';
import { MeasuredProcess } from '../processes/measured-process.js';

const ABREAST = 8;
const PER_SLICE = 160;
/** Until compilers have seen enough, of each kind. */
const WARM_UP = 1600;

/** CPU the server spends on somebody who has a session: who enters by SAML beside who enters by OpenID Connect. */
export const samlRepeatCpu: Figure = {
  name: 'saml-repeat-cpu',
  async measure({ redis, postgres }) {
    const key = testKey();
    const options: DrawbridgeOptions = {
      services: { redis, postgres: await freshDatabase(postgres) },
      people: ABREAST,
      cost: { memoryKiB: 8, iterations: 1 },
      samlCertificate: key.certificate,
    };
    const server = await MeasuredProcess.start<DrawbridgeReady>(
      'test/bench/processes/drawbridge-server.ts',
      options,
    );
    try {
      const payroll = await OidcClient.discover(server.ready.url, 'payroll');
      const intranet = await SamlClient.discover('intranet', server.ready.url, {
        privateKey: key.pem,
        publicCert: key.certificate,
      });
      const browsers: TestBrowser[] = [];
      for (const person of peopleOf(server.ready)(ABREAST)) {
        const browser = new TestBrowser();
        await completeSignIn(payroll, browser, person);
        await intranet.receive(await browser.open(await intranet.requestUrl()));
        browsers.push(browser);
      }
      const enter = {
        saml: async (browser: TestBrowser) => {
          const page = await browser.open(await intranet.requestUrl());
          if (!page.body.includes('name="SAMLResponse"')) throw new Error(page.body);
        },
        oidc: (browser: TestBrowser) => repeatSignIn(payroll, browser),
      };
      const enterAll = (kind: keyof typeof enter, count: number) =>
        inLanes(
          browsers.map((browser) => async () => {
            for (let done = 0; done < count / ABREAST; done += 1) await enter[kind](browser);
          }),
          ABREAST,
        );
      const raw = { saml: [] as number[], oidc: [] as number[] };
      await enterAll('saml', WARM_UP);
      await enterAll('oidc', WARM_UP);
      for (let slice = 0; slice < SLICES; slice += 1) {
        for (const kind of ['oidc', 'saml'] as const) {
          const cpu = await server.cpuDuring(() => enterAll(kind, PER_SLICE));
          raw[kind].push(cpu / PER_SLICE);
        }
      }
      const row = (name: string, values: number[]): Row => ({
        what: `CPU of a repeat sign-in, ${name}`,
        unit: 'ms',
        aim: null,
        raw: values,
      });
      return [row('SAML', raw.saml), row('OpenID Connect', raw.oidc)];
    } finally {
      await server.stop();
    }
  },
};
