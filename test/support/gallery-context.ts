import { PublicUrl } from '../../src/config/public-url.js';
import { createPageContext } from '../../src/web/page-context.js';
import type { PageContext, Locale } from '../../src/web/renderer.js';

/** The frame the gallery's pages are shown in. */
export function galleryContext(
  locale: Locale,
  options: {
    assetUrl: (name: string) => string;
    organisation?: string;
    help?: { text: string; href: string } | null;
  },
): PageContext {
  const { assetUrl, organisation = 'Northgate', help } = options;
  return createPageContext({
    publicUrl: new PublicUrl('https://login.northgate.example'),
    organisation,
    help:
      help === undefined ? { text: 'Help desk', href: 'https://help.northgate.example/' } : help,
    timeZone: 'Europe/Stockholm',
    assetUrl,
  })(locale, '/sign-in/x?step=2');
}
