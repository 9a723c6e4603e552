import { mkdirSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { buildNode } from '../cluster/build-node.mjs';
import globalTeardown from './global-teardown.mjs';

const severalProcesses = Number(process.env.DRAWBRIDGE_TEST_PROCESSES ?? '1') > 1;

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
  const program = `${folder}node-${process.pid}.mjs`;
  globalThis.drawbridgeTestServices = { ...services, files: [outfile, program] };
  if (services.missing.length > 0) await saySo(services, globalConfig);
  if (usesProcesses(globalConfig)) {
    await buildNode(program);
    process.env.DRAWBRIDGE_TEST_NODE = program;
  }
}

/** With `CI=true` a missing service is a failure; several processes without one are nothing to test at all. */
async function saySo(services, globalConfig) {
  const lines = services.missing.join('\n');
  const ci = process.env.CI === 'true';
  if (!ci && !severalProcesses) return;
  await globalTeardown(globalConfig);
  if (ci) throw new Error(`CI must test everything, but:\n${lines}`);
  process.exit(0);
}

function usesProcesses({ testPathPatterns }) {
  const patterns = testPathPatterns?.patterns ?? [];
  const isAsked = (pattern) => /(^|\/)test\/faults(\/|$)/.test(pattern);
  return severalProcesses || patterns.length === 0 || patterns.some(isAsked);
}

/** Unit tests use no service, and they should start at once. */
function onlyUnitTests({ testPathPatterns }) {
  const patterns = testPathPatterns?.patterns ?? [];
  return patterns.length > 0 && patterns.every((pattern) => /(^|\/)test\/unit(\/|$)/.test(pattern));
}
