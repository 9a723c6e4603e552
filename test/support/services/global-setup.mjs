import { mkdirSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

/** Jest loads this file by itself, outside its transforms, so the TypeScript behind it is bundled first. */
export default async function globalSetup(globalConfig) {
  if (onlyUnitTests(globalConfig)) return;
  const folder = fileURLToPath(
    new URL('../../../node_modules/.cache/drawbridge/', import.meta.url),
  );
  mkdirSync(folder, { recursive: true });
  const outfile = `${folder}services-${process.pid}.mjs`;
  await build({
    entryPoints: [fileURLToPath(new URL('./shared-services.ts', import.meta.url))],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    logLevel: 'warning',
  });
  const { startSharedServices } = await import(pathToFileURL(outfile).href);
  const services = await startSharedServices();
  globalThis.drawbridgeTestServices = { ...services, outfile };
  if (services.missing.length > 0 && process.env.CI === 'true') {
    await services.stop();
    throw new Error(`CI must test everything, but:\n${services.missing.join('\n')}`);
  }
}

/** Unit tests use no service, and they should start at once. */
function onlyUnitTests({ testPathPatterns }) {
  const patterns = testPathPatterns?.patterns ?? [];
  return patterns.length > 0 && patterns.every((pattern) => /(^|\/)test\/unit(\/|$)/.test(pattern));
}
