import { checkDocument } from '../../config/checked-document.js';
import type { ConfigurationProblem } from '../../config/configuration-problem.js';
import { failure, success, type Result } from '../../kernel/result.js';
import { MICROSOFT_365_PROFILE } from './facts.js';
import { microsoft365Document, partiesOfProfile } from './profile-document.js';

/**
 * A document with a `profile:` becomes the documents it stands for; any other one stays as it is.
 * @param source.place where in the file it is, for messages
 */
export function expandProfile(
  written: unknown,
  source: { file: string; env: NodeJS.ProcessEnv; place: string },
): Result<unknown[], ConfigurationProblem[]> {
  if (written === null || typeof written !== 'object' || !('profile' in written)) {
    return success([written]);
  }
  if (written.profile !== MICROSOFT_365_PROFILE) {
    const { file, place } = source;
    const problem = 'is no profile that is known';
    const remedy = `There is ${MICROSOFT_365_PROFILE}.`;
    const value = typeof written.profile === 'string' ? { value: written.profile } : {};
    return failure([{ file, path: `${place}: profile`, ...value, problem, remedy }]);
  }
  const checked = checkDocument(microsoft365Document, written, source);
  return checked.ok ? success(partiesOfProfile(checked.value, { ...written })) : checked;
}
