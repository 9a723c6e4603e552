import { rmSync } from 'node:fs';

export default async function globalTeardown() {
  const services = globalThis.drawbridgeTestServices;
  if (services === undefined) return;
  await services.stop();
  rmSync(services.outfile, { force: true });
  for (const line of services.missing) process.stdout.write(`\nNot tested: ${line}.\n`);
}
