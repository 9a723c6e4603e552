import { serverStarted } from './audit/events/operation-events.js';
import { describeProblem, type ConfigurationProblem } from './config/configuration-problem.js';
import { loadConfiguration } from './config/load-configuration.js';
import { processEnvironment } from './config/process-environment.js';
import { readStartOptions } from './config/start-options.js';
import { startDemo } from './demo/start-demo.js';
import { systemClock } from './kernel/clock.js';
import { DrawbridgeError } from './kernel/errors.js';
import { systemRandom } from './kernel/random.js';
import { createDrawbridge } from './server/drawbridge.js';
import { everyProblem } from './server/every-problem.js';
import { listen } from './server/listen.js';
import { createProtocolSections } from './server/protocol-sections.js';
import { relyingPartiesFromFiles } from './server/relying-party-source.js';

/** Ways to stop, in the order in which they must happen. */
const closers: (() => Promise<void>)[] = [];

async function start(): Promise<void> {
  // Whatever is created is its owner's alone.
  process.umask(0o077);
  const environment = processEnvironment();
  const options = readStartOptions(process.argv.slice(2));
  if (!options.ok) return refuse(options.failure);
  const cwd = process.cwd();
  const loaded = await loadConfiguration(environment, cwd, systemRandom, options.value);
  if (!loaded.ok) {
    const sections = createProtocolSections({ clock: systemClock, refuseExpired: () => false });
    return refuse(await everyProblem(loaded.failure, { env: environment, cwd, sections }));
  }
  const configuration = loaded.value;
  if (configuration.mode === 'demo') {
    closers.push(...(await startDemo(configuration)));
    return;
  }
  const drawbridge = await createDrawbridge(configuration, {
    relyingParties: (base) => relyingPartiesFromFiles(configuration, environment, base),
  });
  const listening = await listen(drawbridge.app, configuration.listen);
  closers.push(
    () => Promise.resolve(drawbridge.announceClosing()),
    listening.close,
    () => drawbridge.close(),
  );
  const { base } = drawbridge;
  await base.audit.record(serverStarted({ url: configuration.publicUrl.base, mode: 'configured' }));
  base.logger.info('server.listening', {
    url: configuration.publicUrl.base,
    host: configuration.listen.host,
    port: configuration.listen.port,
  });
}

function refuse(problems: readonly ConfigurationProblem[]): void {
  for (const problem of problems) process.stderr.write(`${describeProblem(problem)}\n`);
  process.exitCode = 1;
}

let stopping = false;
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    if (stopping) return;
    stopping = true;
    void (async () => {
      for (const close of closers) await close();
      process.exit(0);
    })();
  });
}

start().catch((error: unknown) => {
  const known = error instanceof DrawbridgeError;
  process.stderr.write(known ? `${error.message}\n` : `${String((error as Error).stack)}\n`);
  process.exit(1);
});
