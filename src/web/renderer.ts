import type { HelpContact } from './help-contact.js';
import type { PageModels, PageName } from './page-models.js';

/** Turns a template and its values into HTML. Everything is escaped unless a template says otherwise. */
export interface Renderer {
  /**
   * @param template path below `views/` without ending (`login/password`), or an absolute path to a template
   *   file (a factor that lives outside the product brings its own)
   * @param model for the product's own pages exactly what `page-models.ts` says
   */
  render<Template extends string>(
    template: Template,
    model: ModelOf<Template>,
    page: PageContext,
  ): string;
}

export type ModelOf<Template extends string> = Template extends PageName
  ? PageModels[Template]
  : Readonly<Record<string, unknown>>;

/** What every page has. Built by `createPageContext`. */
export interface PageContext {
  locale: Locale;
  /** Same page in the other languages, for the language link: path and query. */
  path: string;
  /** The organisation's name, shown in the header. */
  organisation: string;
  /** Host name people should see in the address bar, shown in the footer. */
  host: string;
  /** Shown in the footer and wherever a person may be stuck. */
  help: HelpContact | null;
  /** IANA name of the zone dates are shown in. */
  timeZone: string;
  /** Builds a URL below the mount path. */
  url(path: string): string;
  /** URL of a static file. */
  asset(name: string): string;
}

export const locales = ['en', 'sv'] as const;
export type Locale = (typeof locales)[number];
