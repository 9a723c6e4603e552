import type { ConfigurationProblem } from '../config/configuration-problem.js';
import { partyFilesOfRefused } from '../config/refused-party-files.js';
import type { ProtocolSection } from '../relying-parties/relying-party-document.js';
import { readRelyingPartyFiles } from '../relying-parties/relying-party-files.js';

/** The problems of a configuration that is refused, and those of the relying-party files it names. */
export async function everyProblem(
  problems: readonly ConfigurationProblem[],
  source: { env: NodeJS.ProcessEnv; cwd: string; sections: readonly ProtocolSection[] },
): Promise<readonly ConfigurationProblem[]> {
  const { env, cwd, sections } = source;
  const read = await readRelyingPartyFiles(await partyFilesOfRefused(env, cwd), env, sections);
  return read.ok ? problems : [...problems, ...read.failure];
}
