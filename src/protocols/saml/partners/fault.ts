import type { ConfigurationProblem } from '../../../config/configuration-problem.js';

/** What is wrong with a partner's metadata, in the words of an administrator. */
export type Fault = Pick<ConfigurationProblem, 'problem' | 'remedy'>;
