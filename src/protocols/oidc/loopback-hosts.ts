/** Names of this very machine in URLs, where plain http is as good as https. */
export const loopbackHosts: ReadonlySet<string> = new Set(['127.0.0.1', '[::1]', 'localhost']);
