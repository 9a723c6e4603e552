import { serverStarted } from './audit/events/operation-events.js';
import { describeProblem } from './config/configuration-problem.js';
import { loadConfiguration } from './config/load-configuration.js';
import { processEnvironment } from './config/process-environment.js';
import { readStartOptions } from './config/start-options.js';
import { startDemo } from './demo/start-demo.js';
import { DrawbridgeError } from './kernel/errors.js';
import { systemRandom } from './kernel/random.js';
import { createDrawbridge } from './server/drawbridge.js';
import { listen } from './server/listen.js';
import { relyingPartiesFromFiles } from './server/relying-party-source.js';

/** Ways to stop, in the order in which they must happen. */
const closers: (() => Promise<void>)[] = [];

async function start(): Promise<void> {
  // Whatever is created is its owner's alone.
  process.umask(0o077);
  const environment = processEnvironment();
  const options = readStartOptions(process.argv.slice(2));
  const loaded = options.ok
    ? await loadConfiguration(environment, process.cwd(), systemRandom, options.value)
    : options;
  if (!loaded.ok) {
    for (const problem of loaded.failure) process.stderr.write(`${describeProblem(problem)}\n`);
    process.exitCode = 1;
    return;
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
