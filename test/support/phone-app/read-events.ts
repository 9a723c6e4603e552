import type { InboxAnswer } from '../../../src/authenticator/wire.js';

/** An open inbox stream. */
export interface EventReader {
  /** Waits for an inbox, one that has come already or a later one, that is as wanted. @throws Error when the stream ends before */
  until(wanted: (inbox: InboxAnswer) => boolean): Promise<InboxAnswer>;
  ended: Promise<void>;
  stop(): void;
}

export function readEvents(response: Response): EventReader {
  if (response.status !== 200 || response.body === null) throw new Error(`${response.status}`);
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  let isOver = false;
  let last: InboxAnswer | null = null;
  const waiting = new Set<() => void>();

  const ended = (async () => {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      text += value;
      const events = text.split('\n\n');
      text = events.pop() ?? '';
      for (const event of events) {
        const data = /^event: inbox\ndata: (.*)$/s.exec(event)?.[1];
        if (data === undefined) continue;
        last = JSON.parse(data) as InboxAnswer;
        for (const look of [...waiting]) look();
      }
    }
  })()
    .catch(() => {})
    .then(() => {
      isOver = true;
      for (const look of [...waiting]) look();
    });

  return {
    ended,
    stop: () => void reader.cancel().catch(() => {}),
    until: (wanted) =>
      new Promise((resolve, reject) => {
        const look = () => {
          if (last !== null && wanted(last)) resolve(last);
          else if (isOver) reject(new Error(`the stream ended; last: ${JSON.stringify(last)}`));
          else return;
          waiting.delete(look);
        };
        waiting.add(look);
        look();
      }),
  };
}
