import type { Request } from 'express';

/** A form of ours that has been read and checked, for the library to read again. */
const checked = new WeakMap<Request, string>();

/**
 * Hands a checked form on to the library as if it came from its own page.
 * @param secret known to nobody outside this request
 */
export function handToLibrary(
  request: Request,
  secret: string,
  fields: Readonly<Record<string, string>>,
): void {
  checked.set(request, secret);
  const body = Buffer.from(new URLSearchParams({ ...fields, xsrf: secret }).toString());
  request.headers['content-length'] = String(body.length);
  // The stream has been read; what the library asks of it is only this.
  Object.defineProperty(request, 'readable', { value: true });
  Object.defineProperty(request, 'iterator', {
    value: async function* () {
      yield body;
    },
  });
}

/** The secret of the form that this request was checked for, or `null`. */
export function deviceFormOf(request: Request): string | null {
  return checked.get(request) ?? null;
}
