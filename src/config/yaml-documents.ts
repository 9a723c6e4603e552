import { LineCounter, parseAllDocuments } from 'yaml';
import { failure, success, type Result } from '../kernel/result.js';
import type { ConfigurationProblem } from './configuration-problem.js';

const explanations: Record<string, string> = {
  BAD_INDENT: 'the indentation does not fit the lines around it',
  DUPLICATE_KEY: 'the same key is written twice',
  TAB_AS_INDENT: 'a tab is used for indentation; YAML wants spaces',
  MISSING_CHAR: 'a character is missing, for instance a closing quote, bracket or colon',
  BLOCK_AS_IMPLICIT_KEY: 'a value holds ": " or is nested without a line break; put it in quotes',
  MULTILINE_IMPLICIT_KEY: 'a line has no colon after its key',
};

/**
 * Reads the YAML documents of a file; empty ones are left out. Messages give the place and never the text there,
 * which may be a secret.
 */
export function readYamlDocuments(
  text: string,
  file: string,
): Result<unknown[], ConfigurationProblem[]> {
  const lines = new LineCounter();
  const parsed = parseAllDocuments(text, { lineCounter: lines, prettyErrors: false });
  const documents = Array.isArray(parsed) ? parsed : [];
  // The first of each document: the rest follow from it.
  const errors = documents.flatMap((document) => document.errors.slice(0, 1));
  if (errors.length > 0) {
    return failure(
      errors.map((error) => {
        const { line, col } = lines.linePos(error.pos[0]);
        const reason = explanations[error.code] ?? error.code.toLowerCase().replaceAll('_', ' ');
        return {
          file,
          path: `line ${line}, column ${col}`,
          problem: `is not valid YAML: ${reason}`,
          remedy:
            'Look at this place and the line before it. A text with { } [ ] : # in it needs quotes.',
        };
      }),
    );
  }
  try {
    return success(
      documents
        .map((document) => document.toJS() as unknown)
        .filter((written) => written !== null && written !== undefined),
    );
  } catch {
    return failure([
      {
        file,
        path: '',
        problem: 'uses YAML aliases that cannot be resolved',
        remedy: 'Put texts that begin with * or & in quotes, or write the value out.',
      },
    ]);
  }
}
