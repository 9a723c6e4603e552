/** The domains that every tenant begins with, by cloud. */
const initial = ['onmicrosoft.com', 'onmicrosoft.us', 'partner.onmschina.cn'];

/** Whether a domain, in lower case, is Microsoft's: it stays managed, and Entra refuses to federate it. */
export const isMicrosoftsOwn = (domain: string): boolean =>
  initial.some((one) => domain === one || domain.endsWith(`.${one}`));
