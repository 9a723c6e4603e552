import type { Request, RequestHandler } from 'express';

/** Exactly as it stood in the request line, for those who must not have it read for them. */
export function rawQuery({ originalUrl }: Pick<Request, 'originalUrl'>): string {
  const mark = originalUrl.indexOf('?');
  return mark === -1 ? '' : originalUrl.slice(mark + 1);
}

/** 405 with `Allow` (RFC 9110, 15.5.6). HEAD too: it would use a message up and bring nothing back. */
export function only(...methods: readonly string[]): RequestHandler {
  return (request, response, next) => {
    if (methods.includes(request.method)) {
      next();
      return;
    }
    response
      .status(405)
      .set({ Allow: methods.join(', '), 'Cache-Control': 'no-store' })
      .end();
  };
}
