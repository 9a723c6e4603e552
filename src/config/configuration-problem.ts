/** One thing an operator has to put right. Never holds a secret. */
export interface ConfigurationProblem {
  /** The file it is in; `null` when the environment itself is at fault. */
  file: string | null;
  /** Where in the file, `session.idle` or `oidc.redirect_uris[1]`. */
  path: string;
  /** The value as written; absent for secrets, lists and sections. */
  value?: string;
  problem: string;
  remedy: string;
}

/** One problem as the lines an operator reads. */
export function describeProblem(problem: ConfigurationProblem): string {
  const where = [problem.file, problem.path].filter((part) => part !== null && part !== '');
  const value = problem.value === undefined ? '' : ` (it is ${JSON.stringify(problem.value)})`;
  const remedy = problem.remedy.replaceAll('\n', '\n    ');
  return `${where.join(': ')}: ${problem.problem}${value}\n    ${remedy}`;
}
