import type { IncomingMessage, ServerResponse } from 'node:http';
import type { PublicUrl } from '../config/public-url.js';
import { readLocalPath } from './local-path.js';
import type { Locales } from './locale.js';
import type { PageContextFactory } from './page-context.js';
import type { Locale, ModelOf, Renderer } from './renderer.js';
import { securityHeaders } from './security-headers.js';
import type { PageSecurity } from './security-headers.js';

export interface PageOptions extends PageSecurity {
  /** 200 when absent. */
  status?: number;
  /** Path and query (below the mount path) a GET shows this page at; the request's own when absent. */
  path?: string;
  /** The language the service asked for. */
  asked?: Locale | null;
}

/** A page that is ready to be sent, for edges that do not write to the response themselves. */
export interface ComposedPage {
  status: number;
  headers: Readonly<Record<string, string>>;
  body: Buffer;
}

/** Answers a request with a page. */
export interface PageSender {
  compose<Template extends string>(
    request: PageRequest,
    response: ServerResponse,
    template: Template,
    model: ModelOf<Template>,
    options?: PageOptions,
  ): ComposedPage;

  send<Template extends string>(
    request: PageRequest,
    response: ServerResponse,
    template: Template,
    model: ModelOf<Template>,
    options?: PageOptions,
  ): void;
}

/** Express keeps the whole path in `originalUrl` while a router sees a part of it in `url`. */
export type PageRequest = Pick<IncomingMessage, 'headers' | 'url'> & { originalUrl?: string };

export interface PageSenderDeps {
  renderer: Renderer;
  pageContext: PageContextFactory;
  locales: Locales;
  publicUrl: PublicUrl;
}

export function createPageSender(deps: PageSenderDeps): PageSender {
  const { renderer, pageContext, locales, publicUrl } = deps;
  const compose: PageSender['compose'] = (request, response, template, model, options = {}) => {
    const locale = locales.of(request, response, options.asked);
    const page = pageContext(locale, options.path ?? ownPath(request, publicUrl));
    const body = Buffer.from(renderer.render(template, model, page));
    return {
      status: options.status ?? 200,
      headers: {
        ...securityHeaders(publicUrl.secure, options),
        'Content-Type': 'text/html; charset=utf-8',
        'Content-Language': locale,
        'Content-Length': String(body.length),
      },
      body,
    };
  };
  return {
    compose,
    send(request, response, template, model, options) {
      const { status, headers, body } = compose(request, response, template, model, options);
      for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
      response.statusCode = status;
      response.end(body);
    },
  };
}

function ownPath(request: PageRequest, publicUrl: PublicUrl): string {
  const url = request.originalUrl ?? request.url ?? '/';
  const below = url.startsWith(`${publicUrl.mountPath}/`)
    ? url.slice(publicUrl.mountPath.length)
    : url;
  // `//host/` is a path here and another host in a link.
  return readLocalPath(below) ?? '/';
}
