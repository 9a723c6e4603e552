import { readFileSync } from 'node:fs';
import { isAbsolute, join, normalize } from 'node:path';
import { Eta } from 'eta/core';

export interface TemplateEngineOptions {
  viewsFolder: string;
  /** Keep compiled templates; off only while templates are being written. */
  cache: boolean;
  escape: (value: unknown) => string;
  /** JavaScript in front of every template, for names that all of them use. */
  header: string;
}

/** Eta on files: names below the views folder, or absolute paths. Names come from code, never from a request. */
export function createTemplateEngine(options: TemplateEngineOptions): Eta {
  const { viewsFolder, cache, escape, header } = options;
  const engine = new Eta({
    cache,
    debug: !cache,
    autoEscape: true,
    escapeFunction: escape,
    functionHeader: header,
  });
  engine.resolvePath = (template) => {
    if (isAbsolute(template)) return template;
    const path = normalize(template);
    if (path.startsWith('..'))
      throw new Error(`template "${template}" is outside the views folder`);
    return join(viewsFolder, `${path}.eta`);
  };
  engine.readFile = (path) => readFileSync(path, 'utf8');
  return engine;
}
