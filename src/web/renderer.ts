/** Turns a template and its values into HTML. Everything is escaped unless a template says otherwise. */
export interface Renderer {
  /**
   * @param template path below `views/` without ending (`login/password`), or an absolute path to a template
   *   file (a factor that lives outside the product brings its own)
   */
  render(template: string, model: Readonly<Record<string, unknown>>, page: PageContext): string;
}

/** What every page has. */
export interface PageContext {
  locale: Locale;
  /** Same page in the other languages, for the language link: path and query. */
  path: string;
  /** The organisation's name, shown in the header. */
  organisation: string;
  /** Builds a URL below the mount path. */
  url(path: string): string;
}

export type Locale = 'en' | 'sv';
