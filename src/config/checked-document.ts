import type { z } from 'zod';
import { failure, success, type Result } from '../kernel/result.js';
import type { ConfigurationProblem } from './configuration-problem.js';
import { interpolate } from './interpolate.js';
import { problemOfIssue } from './schema-issues.js';
import { schemaAt, shapeOf } from './schema-tree.js';
import { formatPath, printableValue } from './written-value.js';
import { findUnknownKeys, withoutKeys } from './unknown-keys.js';

export interface DocumentSource {
  file: string;
  env: NodeJS.ProcessEnv;
  /** Put in front of every path: where in the file the document is. */
  place?: string;
}

/**
 * Checks one YAML document against a schema: variables put in, unknown keys found, values read. Answers with the
 * schema's result or with all problems, each of which shows a value as it was written, before variables.
 */
export function checkDocument<Schema extends z.ZodType>(
  schema: Schema,
  written: unknown,
  source: DocumentSource,
): Result<z.output<Schema>, ConfigurationProblem[]> {
  const { file, env, place } = source;
  const at = (path: readonly PropertyKey[]) => {
    const inside = formatPath(path);
    return [place, inside].filter((part) => part !== undefined && part !== '').join(': ');
  };
  const { value, unset } = interpolate(written, env);
  const unknown = findUnknownKeys(schema, value);
  const parsed = schema.safeParse(withoutKeys(value, unknown));

  const unreadable = unset.map(({ path }) => formatPath(path));
  const problems: ConfigurationProblem[] = [
    ...unset.map(({ path, name }) => ({
      file,
      path: at(path),
      problem: `names the environment variable ${name}, which is not set`,
      remedy: `Set ${name} in the environment of Drawbridge, or write the value itself.`,
    })),
    ...unknown.map(({ path, remedy }) => ({
      file,
      path: at(path),
      problem: 'is not a known key',
      remedy,
    })),
  ];
  for (const issue of parsed.error?.issues ?? []) {
    if (isAbout(issue.path, unreadable) && shapeAt(schema, issue.path) === null) continue;
    const shown = printableValue(schema, written, issue.path);
    problems.push({
      file,
      path: at(issue.path),
      ...(shown === undefined ? {} : { value: shown }),
      ...problemOfIssue(schema, issue),
    });
  }
  if (problems.length > 0 || !parsed.success) return failure(problems);
  return success(parsed.data);
}

/** Whether a path is, or holds, one of the given places. */
function isAbout(path: readonly PropertyKey[], places: readonly string[]): boolean {
  const text = formatPath(path);
  return places.some((place) => place === text || place.startsWith(`${text}[`));
}

function shapeAt(schema: z.ZodType, path: readonly PropertyKey[]): unknown {
  const found = schemaAt(schema, path);
  return found === null ? null : shapeOf(found);
}
