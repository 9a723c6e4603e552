/**
 * The one URL builder. Every link, redirect, cookie path and issuer comes from the configured `public_url`, never
 * from what a request claims, so that a foreign Host changes nothing and mounting under a path works.
 */
export class PublicUrl {
  readonly #url: URL;

  constructor(configured: string) {
    this.#url = new URL(configured);
  }

  /** Without trailing slash; also the OIDC issuer. */
  get base(): string {
    return this.#url.origin + this.mountPath;
  }

  get origin(): string {
    return this.#url.origin;
  }

  get host(): string {
    return this.#url.host;
  }

  /** `''` at the root, `/idp` when mounted there. */
  get mountPath(): string {
    return this.#url.pathname.replace(/\/+$/, '');
  }

  get secure(): boolean {
    return this.#url.protocol === 'https:';
  }

  /** Absolute URL of a path of ours. */
  absolute(path: string): string {
    return this.base + path;
  }

  /** Path with the mount path in front, for links and redirects. */
  path(path: string): string {
    return this.mountPath + path;
  }
}
