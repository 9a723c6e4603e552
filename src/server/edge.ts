import type { Configuration } from '../config/configuration.js';
import type { RandomSource } from '../kernel/random.js';
import { createBrowserSecrets, type BrowserSecrets } from '../web/browser-secret.js';
import { createCookies, type Cookies } from '../web/cookies.js';
import { createRenderer } from '../web/create-renderer.js';
import { createLocales } from '../web/locale.js';
import { createMailRenderer, type MailRenderer } from '../web/mail-renderer.js';
import type { HelpContact } from '../web/help-contact.js';
import { createPageContext } from '../web/page-context.js';
import { createPageSender, type PageSender } from '../web/send-page.js';
import { createStaticAssets, type StaticAssets } from '../web/static-assets.js';
import { viewsFolder } from './package-folder.js';

/** Cookies, pages and mail texts: what every HTTP edge shares. */
export interface Edge {
  assets: StaticAssets;
  browserSecrets: BrowserSecrets;
  cookies: Cookies;
  mails: MailRenderer;
  pages: PageSender;
}

export function createEdge(configuration: Configuration, random: RandomSource): Edge {
  const { publicUrl, organisation } = configuration;
  const views = viewsFolder();
  const fallback = configuration.languages.default;
  const help = helpContact(organisation.supportContact);
  const timeZone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const assets = createStaticAssets({ viewsFolder: views, publicUrl });
  const cookies = createCookies(publicUrl);
  const pages = createPageSender({
    renderer: createRenderer({ viewsFolder: views, cache: true }),
    pageContext: createPageContext({
      publicUrl,
      organisation: organisation.name,
      help,
      timeZone,
      assetUrl: (name) => assets.assetUrl(name),
    }),
    locales: createLocales({ cookies, fallback }),
    publicUrl,
  });
  const mails = createMailRenderer({
    viewsFolder: views,
    cache: true,
    organisation: organisation.name,
    host: publicUrl.host,
    help,
    timeZone,
    fallback,
  });
  return {
    assets,
    browserSecrets: createBrowserSecrets({ cookies, random }),
    cookies,
    mails,
    pages,
  };
}

/** A mail address, a phone number or a page, as the operator wrote it. */
function helpContact(contact: string | null): HelpContact | null {
  if (contact === null) return null;
  if (/^https:\/\//.test(contact)) return { text: contact, href: contact };
  if (contact.includes('@')) return { text: contact, href: `mailto:${contact}` };
  return { text: contact, href: `tel:${contact.replace(/[^+\d]/g, '')}` };
}
