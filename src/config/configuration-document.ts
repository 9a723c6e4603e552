import { readFile } from 'node:fs/promises';
import { failure, success, type Result } from '../kernel/result.js';
import type { ConfigurationProblem } from './configuration-problem.js';
import { readYamlDocuments } from './yaml-documents.js';

/** `drawbridge.yaml` as it is written, with nothing checked. */
export async function readConfigurationDocument(
  file: string,
): Promise<Result<unknown, ConfigurationProblem[]>> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    const reason =
      (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'is not there' : 'cannot be read';
    const remedy = 'DRAWBRIDGE_CONFIG names this file: correct the path or the permissions.';
    return failure([{ file, path: '', problem: reason, remedy }]);
  }
  const documents = readYamlDocuments(text, file);
  if (!documents.ok) return documents;
  if (documents.value.length <= 1) return success(documents.value[0] ?? {});
  const remedy = 'Keep one; relying parties have files of their own.';
  return failure([{ file, path: '', problem: 'holds several YAML documents', remedy }]);
}
