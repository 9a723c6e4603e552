import type { z } from 'zod';
import { formatPath } from './written-value.js';
import { noteOf, schemaAt, shapeOf } from './schema-tree.js';

type Issue = z.core.$ZodIssue;

/** Puts what a schema found into words: what is wrong and what to do. */
export function problemOfIssue(
  schema: z.ZodType,
  issue: Issue,
): { problem: string; remedy: string } {
  return { problem: describe(issue), remedy: remedyOf(schema, issue) };
}

function describe(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      return issue.message.endsWith('received undefined')
        ? 'is missing'
        : `must be ${article(typeNames[issue.expected] ?? issue.expected)}`;
    case 'invalid_value':
      return `must be ${issue.values.map(String).join(' or ')}`;
    case 'too_small':
      return sizeProblem(issue.origin, 'at least', issue.minimum);
    case 'too_big':
      return sizeProblem(issue.origin, 'at most', issue.maximum);
    case 'invalid_format':
    case 'not_multiple_of':
    case 'unrecognized_keys':
    case 'invalid_union':
    case 'invalid_key':
    case 'invalid_element':
    case 'custom':
      return lowerFirst(issue.message);
  }
}

function remedyOf(schema: z.ZodType, issue: Issue): string {
  const given = issue.code === 'custom' ? (issue.params?.['remedy'] as unknown) : undefined;
  if (typeof given === 'string') return given;
  const found = schemaAt(schema, issue.path);
  const example = found === null ? undefined : noteOf(found, 'example');
  const key = formatPath(issue.path.slice(-1));
  if (typeof example === 'string') return `Write for instance ${key}: ${example}`;
  const keys = found === null ? null : shapeOf(found);
  if (keys !== null) return `Write a section with keys: ${Object.keys(keys).join(', ')}.`;
  const format = found === null ? undefined : noteOf(found, 'format');
  if (typeof format === 'string') return `What may be written: ${format}.`;
  const description = found === null ? undefined : noteOf(found, 'description');
  if (typeof description === 'string') return `What is expected: ${lowerFirst(description)}`;
  return 'See docs/configuration.md.';
}

function sizeProblem(origin: string, bound: string, size: number | bigint): string {
  if (origin === 'string') return `must have ${bound} ${size} characters`;
  if (origin === 'array' || origin === 'set') return `must have ${bound} ${size} entries`;
  return `must be ${bound} ${size}`;
}

const typeNames: Record<string, string> = {
  object: 'section with keys of its own',
  record: 'section with keys of its own',
  array: 'list',
  string: 'text',
  number: 'number',
  int: 'whole number',
  boolean: 'true or false',
};

function article(name: string): string {
  return name === 'text' || name === 'true or false' ? name : `a ${name}`;
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
