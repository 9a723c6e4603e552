import { fileURLToPath } from 'node:url';
import { flowsOfSeveralProcesses, testsOfOneProcess } from './scripts/two-process-tests.js';

const root = fileURLToPath(new URL('.', import.meta.url));
const severalProcesses = Number(process.env.DRAWBRIDGE_TEST_PROCESSES ?? '1') > 1;
const leftOut = () => {
  if (severalProcesses) return testsOfOneProcess(root);
  return process.env.DRAWBRIDGE_TEST_REST === '1' ? flowsOfSeveralProcesses(root) : [];
};
const exactly = (path) => `^${path.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`;

/** Real ES modules under jest: needs NODE_OPTIONS=--experimental-vm-modules (set by the npm scripts). */
export default {
  testEnvironment: 'node',
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/', ...leftOut().map(exactly)],
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
        module: { type: 'es6' },
        sourceMaps: 'inline',
      },
    ],
  },
  globalSetup: '<rootDir>/test/support/services/global-setup.mjs',
  globalTeardown: '<rootDir>/test/support/services/global-teardown.mjs',
  testTimeout: 30_000,
  // Modules of finished tests stay in a worker's memory, and collecting them slows down the rest.
  workerIdleMemoryLimit: '1500MB',
};
