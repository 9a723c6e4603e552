import type { Response } from 'express';

/** Proxies close what is silent for half a minute or more. */
const SIGN_OF_LIFE_MS = 20_000;

/**
 * Server-sent events for a page that waits: `changed` means that loading the page is worth it. Nothing is told here, so
 * nothing can be learnt or moved on by listening. What has no more to tell gets one `changed` and ends.
 */
export async function streamChanges(
  response: Response,
  watch: (listener: () => void) => Promise<{ stop(): void }> | null,
  lifetimeMs: number,
): Promise<void> {
  const changed = () => response.write('event: changed\ndata: look\n\n');
  response
    .set('Cache-Control', 'no-store')
    .set('X-Accel-Buffering', 'no')
    .type('text/event-stream');
  response.flushHeaders();
  const watching = await watch(changed);
  if (watching === null) {
    changed();
    response.end();
    return;
  }
  const signOfLife = setInterval(() => response.write(':\n\n'), SIGN_OF_LIFE_MS).unref();
  const end = setTimeout(() => response.end(), lifetimeMs).unref();
  const stop = () => {
    clearInterval(signOfLife);
    clearTimeout(end);
    watching.stop();
  };
  response.once('close', stop);
  if (response.destroyed) stop();
}
