import type { HelpContact } from './help-contact.js';
import type { PublicUrl } from '../config/public-url.js';
import type { Locale, PageContext } from './renderer.js';

export interface PageContextDeps {
  publicUrl: PublicUrl;
  organisation: string;
  help: HelpContact | null;
  /** IANA name, for dates on pages; the server cannot know the reader's. */
  timeZone: string;
  /** URL of a static file, see `static-assets.ts`. */
  assetUrl: (name: string) => string;
}

/**
 * What every page has, for one request.
 * @param path path and query below the mount path of the page a GET shows (never the target of a form), for the
 *   language link
 */
export type PageContextFactory = (locale: Locale, path: string) => PageContext;

export function createPageContext(deps: PageContextDeps): PageContextFactory {
  const { publicUrl, organisation, help, timeZone, assetUrl } = deps;
  const url = (path: string) => publicUrl.path(path);
  return (locale, path) => ({
    locale,
    path,
    organisation,
    host: publicUrl.host,
    help,
    timeZone,
    url,
    asset: assetUrl,
  });
}
