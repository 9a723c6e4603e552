import type { RequestHandler } from 'express';

/** What the library serves below these paths; it answers anything else as if the path did not exist. */
const methods: readonly (readonly [RegExp, readonly string[]])[] = [
  [/^\/authorize$/, ['GET', 'HEAD', 'POST']],
  [/^\/authorize\/[^/]+$/, ['GET', 'HEAD']],
  [/^\/device$/, ['GET', 'HEAD', 'POST']],
  [/^\/device\/[^/]+$/, ['GET', 'HEAD']],
  [/^\/logout$/, ['GET', 'HEAD', 'POST']],
  [/^\/(token|introspect|revoke|par|device_authorization)$/, ['POST', 'OPTIONS']],
  [/^\/userinfo$/, ['GET', 'HEAD', 'POST', 'OPTIONS']],
  [/^\/(jwks|\.well-known\/[^/]+)$/, ['GET', 'HEAD', 'OPTIONS']],
];

/** 405 with `Allow` (RFC 9110, 15.5.6) where the method is the wrong one. */
export const allowedMethods: RequestHandler = (request, response, next) => {
  const allowed = methods.find(([path]) => path.test(request.path))?.[1];
  if (allowed === undefined || allowed.includes(request.method)) {
    next();
    return;
  }
  response
    .status(405)
    .set({ Allow: allowed.join(', '), 'Cache-Control': 'no-store' })
    .json({ error: 'invalid_request', error_description: 'method not allowed' });
};
