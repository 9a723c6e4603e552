import { resolve } from 'node:path';
import { systemRandom, type RandomSource } from '../kernel/random.js';
import { failure, success, type Result } from '../kernel/result.js';
import { checkDocument } from './checked-document.js';
import { readConfigurationDocument } from './configuration-document.js';
import { configurationFile } from './configuration-file.js';
import type { ConfigurationProblem } from './configuration-problem.js';
import type { Configuration } from './configuration.js';
import { configuredConfiguration } from './configured-configuration.js';
import { demoConfiguration } from './demo-configuration.js';
import { withProfileDomains } from './profile-issuers.js';
import { missingConfiguration } from './missing-configuration.js';
import { processEnvironment } from './process-environment.js';
import type { StartOptions } from './start-options.js';

type Loaded = Result<Configuration, ConfigurationProblem[]>;

/**
 * Reads the configuration the environment names: `DRAWBRIDGE_CONFIG` unset means demo mode, whatever lies in the
 * working folder; set, it is never demo. In production it has to be set. `PORT` overrides the port.
 */
export async function loadConfiguration(
  env: NodeJS.ProcessEnv = processEnvironment(),
  cwd: string = process.cwd(),
  random: RandomSource = systemRandom,
  { httpsHost }: StartOptions = { httpsHost: null },
): Promise<Loaded> {
  const port = readPort(env['PORT']);
  const production = env['NODE_ENV'] === 'production';
  const named = env['DRAWBRIDGE_CONFIG'];
  if (named === undefined) {
    if (production) return failure([missingConfiguration(), ...problemsOf(port)]);
    return port.ok ? await demoConfiguration({ cwd, port: port.value, httpsHost }, random) : port;
  }
  if (httpsHost !== null) {
    const remedy = 'Put TLS in front of a configured server (docs/operations.md).';
    return failure([environmentProblem('--https', 'is for the demo only', remedy)]);
  }
  if (named.trim() === '') {
    return failure([
      environmentProblem(
        'DRAWBRIDGE_CONFIG',
        'is empty',
        'Set it to the path of drawbridge.yaml; unset it for demo mode.',
      ),
    ]);
  }
  const file = resolve(cwd, named);
  const written = await readConfigurationDocument(file);
  if (!written.ok) return failure([...written.failure, ...problemsOf(port)]);
  const checked = checkDocument(configurationFile, written.value, { file, env });
  if (!checked.ok || !port.ok) return failure([...problemsOf(checked), ...problemsOf(port)]);
  const where = { file, production, port: port.value };
  return success(await withProfileDomains(configuredConfiguration(checked.value, where), env));
}

function readPort(written: string | undefined): Result<number | null, ConfigurationProblem[]> {
  if (written === undefined || written === '') return success(null);
  const port = /^\d{1,5}$/.test(written) ? Number(written) : 0;
  if (port >= 1 && port <= 65_535) return success(port);
  return failure([
    {
      ...environmentProblem('PORT', 'must be a port from 1 to 65535', 'Set PORT=3000 or unset it.'),
      value: written,
    },
  ]);
}

function environmentProblem(path: string, problem: string, remedy: string): ConfigurationProblem {
  return { file: null, path, problem, remedy };
}

function problemsOf(result: Result<unknown, ConfigurationProblem[]>): ConfigurationProblem[] {
  return result.ok ? [] : result.failure;
}
