import type { ServerResponse } from 'node:http';

export interface PageSecurity {
  /**
   * Where the page's forms may lead. Chromium applies `form-action` to every redirect that follows, so a page whose
   * form can end at a relying party says `anywhere`.
   */
  formAction?: 'self' | 'anywhere';
  /** Allows the product's own script files. Inline script never runs. */
  script?: boolean;
  /** As `script`; the scripts may also listen to us while the page waits. */
  live?: boolean;
  /**
   * Sign-in pages: services may open them in a popup window and wait for it, which a strict opener policy would
   * break without a trace.
   */
  popup?: boolean;
}

const fixed: Readonly<Record<string, string>> = {
  'Cache-Control': 'no-store',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Permissions-Policy':
    'camera=(), microphone=(), geolocation=(), payment=(), usb=(), display-capture=(), browsing-topics=()',
};

/** Headers of every page that is not a static file. */
export function securityHeaders(secure: boolean, page: PageSecurity): Record<string, string> {
  return {
    ...fixed,
    'Content-Security-Policy': contentSecurityPolicy(page),
    'Cross-Origin-Opener-Policy': page.popup === true ? 'unsafe-none' : 'same-origin',
    ...(secure ? { 'Strict-Transport-Security': 'max-age=31536000' } : {}),
  };
}

export function setSecurityHeaders(
  response: ServerResponse,
  secure: boolean,
  page: PageSecurity = {},
): void {
  for (const [name, value] of Object.entries(securityHeaders(secure, page))) {
    response.setHeader(name, value);
  }
}

function contentSecurityPolicy(page: PageSecurity): string {
  return [
    "default-src 'none'",
    ...(page.script === true || page.live === true ? ["script-src 'self'"] : []),
    ...(page.live === true ? ["connect-src 'self'"] : []),
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    ...(page.formAction === 'anywhere' ? [] : ["form-action 'self'"]),
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}
