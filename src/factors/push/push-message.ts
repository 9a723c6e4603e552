import { createHash } from 'node:crypto';

/**
 * What goes through the push service: which request, and generic words. In the shape of Declarative Web Push, so that
 * browsers which know it show it even when the service worker does not run.
 */
export function pushMessage(message: {
  challenge: string;
  title: string;
  body: string;
  lang: string;
  appUrl: string;
}): string {
  const { challenge, title, body, lang, appUrl } = message;
  const navigate = `${appUrl}#c=${challenge}`;
  return JSON.stringify({
    web_push: 8030,
    notification: { title, body, lang, tag: challenge, navigate },
  });
}

/** RFC 8030, 5.4: a newer message replaces one of the same topic that has not been delivered. */
export const pushTopic = (profile: string): string =>
  createHash('sha256').update(profile).digest('base64url').slice(0, 32);
