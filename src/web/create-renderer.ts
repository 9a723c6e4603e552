import { escapeHtml } from './escape-html.js';
import { loadMessages } from './messages.js';
import { createTemplateEngine } from './template-engine.js';
import { templateFunctions } from './template-functions.js';
import type { Renderer } from './renderer.js';

/** Names that templates use without `it.`; see `template-functions.ts`. */
const header =
  'const { t, plural, date, factorName, browserName, scopeText, languages, page } = it;';

/**
 * @param options.cache keep compiled templates
 * @throws Error at the start when a language file is missing or not JSON
 */
export function createRenderer(options: { viewsFolder: string; cache: boolean }): Renderer {
  const { viewsFolder, cache } = options;
  const messages = loadMessages(viewsFolder);
  const engine = createTemplateEngine({ viewsFolder, cache, escape: escapeHtml, header });
  return {
    render(template, model, page) {
      const functions = templateFunctions(messages[page.locale], page);
      return engine.render(template, { ...(model as object), ...functions, page });
    },
  };
}
