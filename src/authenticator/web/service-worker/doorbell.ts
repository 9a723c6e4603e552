/** A push as it is shown: its texts are the server's, everything else is ours. */
export interface Doorbell {
  title: string;
  body: string;
  lang: string;
  tag: string;
  /** The fragment that opens what it is about. */
  fragment: string;
}

/** Something has to be shown for each push, whatever is in it: browsers take the permission away otherwise. */
export function readDoorbell(data: unknown, fallback: string): Doorbell {
  const { notification } = (data ?? {}) as { notification?: Record<string, unknown> };
  const text = (name: string, otherwise: string) => {
    const value = notification?.[name];
    return typeof value === 'string' && value !== '' && value.length < 256 ? value : otherwise;
  };
  const challenge = /#(c=chl_[\w-]{22})$/.exec(text('navigate', ''))?.[1];
  return {
    title: text('title', fallback),
    body: text('body', ''),
    lang: text('lang', 'en'),
    tag: text('tag', 'request'),
    fragment: challenge === undefined ? '#/' : `#${challenge}`,
  };
}
