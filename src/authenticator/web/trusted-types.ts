/** What the page's policy lets become the address of a script: our worker's and our service worker's. */
interface TrustedTypes {
  createPolicy(
    name: string,
    rules: { createScriptURL: (url: string) => string },
  ): {
    createScriptURL: (url: string) => unknown;
  };
}

const trustedTypes = (globalThis as { trustedTypes?: TrustedTypes }).trustedTypes;

const policy = trustedTypes?.createPolicy('app', {
  createScriptURL(url) {
    const { origin, pathname } = new URL(url, document.baseURI);
    const folder = new URL('.', document.baseURI).pathname;
    const isOurs = origin === location.origin && pathname.startsWith(folder);
    if (
      !isOurs ||
      !/^(sw|assets\/stretch-worker-[A-Z0-9]+)\.js$/.test(pathname.slice(folder.length))
    ) {
      throw new TypeError('not a script of this app');
    }
    return url;
  },
});

/** The browser's types say `string`; with the policy in force it is a TrustedScriptURL. */
export const scriptUrl = (url: string): string =>
  (policy === undefined ? url : policy.createScriptURL(url)) as string;
