import { cpus } from 'node:os';
import { startSharedServices } from '../support/services/shared-services.js';
import type { Figure, Row } from './figure.js';
import { authenticatorFirstLoad } from './figures/authenticator-first-load.js';
import { authenticatorPin } from './figures/authenticator-pin.js';
import { authenticatorSignIns } from './figures/authenticator-sign-ins.js';
import { authenticatorStreams } from './figures/authenticator-streams.js';
import { eventLoopDelay } from './figures/event-loop-delay.js';
import { rehearse } from './figures/rehearse.js';
import { repeatThroughput } from './figures/repeat-throughput.js';
import { roundTrips } from './figures/round-trips.js';
import { samlHostile } from './figures/saml-hostile.js';
import { samlRepeatCpu } from './figures/saml-repeat-cpu.js';
import { samlRequests } from './figures/saml-requests.js';
import { samlResponses } from './figures/saml-responses.js';
import { samlRoundTrips } from './figures/saml-round-trips.js';
import { saml11Tokens } from './figures/saml11-tokens.js';
import { signInCpu } from './figures/sign-in-cpu.js';
import { start } from './figures/start.js';
import { wsFedRepeatCpu } from './figures/wsfed-repeat-cpu.js';
import { renderTable } from './table.js';

/**
 * `npm run bench` measures everything, `npm run bench -- sign-in-cpu start` the figures named; `saml` names all of
 * `saml-…`.
 */
const figures: readonly Figure[] = [
  start,
  signInCpu,
  roundTrips,
  repeatThroughput,
  eventLoopDelay,
  samlResponses,
  samlRequests,
  samlHostile,
  samlRepeatCpu,
  samlRoundTrips,
  saml11Tokens,
  wsFedRepeatCpu,
  rehearse,
  authenticatorSignIns,
  authenticatorPin,
  authenticatorFirstLoad,
  authenticatorStreams,
];
const named = process.argv.slice(2);
const isMeant = (figure: Figure, name: string) =>
  figure.name === name || figure.name.startsWith(`${name}-`);
const unknown = named.filter((name) => !figures.some((figure) => isMeant(figure, name)));
if (unknown.length > 0) {
  const known = figures.map((figure) => figure.name).join(', ');
  throw new Error(`no figure is called ${unknown.join(', ')}; there are ${known}`);
}

const shared = await startSharedServices();
try {
  const redis = process.env.DRAWBRIDGE_TEST_REDIS_URL;
  const postgres = process.env.DRAWBRIDGE_TEST_POSTGRES_URL;
  if (redis === undefined || postgres === undefined) throw new Error(shared.missing.join('\n'));
  const rows: Row[] = [];
  for (const figure of figures) {
    if (named.length > 0 && !named.some((name) => isMeant(figure, name))) continue;
    process.stderr.write(`${figure.name} …\n`);
    rows.push(...(await figure.measure({ redis, postgres })));
  }
  const model = cpus()[0]?.model ?? 'unknown processor';
  process.stdout.write(`Node ${process.version}, ${cpus().length} CPUs (${model})\n\n`);
  process.stdout.write(`${renderTable(rows)}\n`);
} finally {
  await shared.stop();
}
