import { rmSync } from 'node:fs';

export default async function globalTeardown() {
  const services = globalThis.drawbridgeTestServices;
  if (services === undefined) return;
  await services.stop();
  for (const file of services.files) rmSync(file, { force: true });
  for (const line of services.missing) process.stdout.write(`\nNot tested: ${line}.\n`);
}
