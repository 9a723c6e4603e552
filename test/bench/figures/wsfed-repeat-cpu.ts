import { TestBrowser } from '../../support/browser.js';
import { completeSignIn } from '../../support/count-sign-ins.js';
import { OidcClient } from '../../support/oidc-client.js';
import { SamlClient } from '../../support/saml/saml-client.js';
import { realmOf } from '../../support/wsfed/wsfed-party.js';
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

/** CPU the server spends on somebody who has a session: who enters by WS-Federation beside who enters by SAML. */
export const wsFedRepeatCpu: Figure = {
  name: 'wsfed-repeat-cpu',
  async measure({ redis, postgres }) {
    const key = testKey();
    const options: DrawbridgeOptions = {
      services: { redis, postgres: await freshDatabase(postgres) },
      people: ABREAST,
      cost: { memoryKiB: 8, iterations: 1 },
      samlCertificate: key.certificate,
      wsFederation: true,
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
      const query = { wa: 'wsignin1.0', wtrealm: realmOf('hill'), wctx: 'x' };
      const wsFedUrl = `${server.ready.url}/wsfed?${new URLSearchParams(query).toString()}`;
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
        wsfed: async (browser: TestBrowser) => {
          const page = await browser.open(wsFedUrl);
          if (!page.body.includes('name="wresult"')) throw new Error(page.body);
        },
      };
      const enterAll = (kind: keyof typeof enter, count: number) =>
        inLanes(
          browsers.map((browser) => async () => {
            for (let done = 0; done < count / ABREAST; done += 1) await enter[kind](browser);
          }),
          ABREAST,
        );
      const raw = { saml: [] as number[], wsfed: [] as number[] };
      await enterAll('saml', WARM_UP);
      await enterAll('wsfed', WARM_UP);
      for (let slice = 0; slice < SLICES; slice += 1) {
        for (const kind of ['wsfed', 'saml'] as const) {
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
      const compared: Row = {
        what: 'CPU of a repeat sign-in by WS-Federation, as a multiple of that by SAML',
        unit: '',
        aim: { at: 'most', value: 1.3 },
        raw: raw.wsfed.map((cpu, slice) => cpu / (raw.saml[slice] ?? NaN)),
      };
      return [compared, row('WS-Federation', raw.wsfed), row('SAML, beside it', raw.saml)];
    } finally {
      await server.stop();
    }
  },
};
