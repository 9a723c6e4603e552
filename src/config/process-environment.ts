/** The environment of this process. The one place that reads it, so that tests hand in what they like. */
export function processEnvironment(): NodeJS.ProcessEnv {
  return process.env;
}
