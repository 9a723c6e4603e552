import type { Request, Response } from 'express';
import { deviceLimits } from '../devices/limits.js';
import { profileState } from '../devices/profile.js';
import { signalTopics } from '../factors/push/signal-topics.js';
import type { Signals } from '../storage/ephemeral/signals.js';
import { ApiRefusal } from './api-request.js';
import { ListeningPhone, type ListeningPhoneDeps } from './listening-phone.js';
import { OpenStreams } from './open-streams.js';
import type { SignedEndpoint } from './signed-endpoint.js';

export interface InboxStreamDeps extends ListeningPhoneDeps {
  signed: SignedEndpoint;
  signals: Pick<Signals, 'listen'>;
}

/** Open streams of this process. */
export interface InboxStreams {
  open(request: Request, response: Response): Promise<void>;
  /** Something changed that no signal told of (the command line): every stream looks. */
  lookAll(): void;
  readonly size: number;
  closeAll(): void;
}

const BEAT_MS = 1_000;
const BEATS = deviceLimits.signOfLifeMs / BEAT_MS;
const LIVES = deviceLimits.streamMs / deviceLimits.signOfLifeMs;

/**
 * Server-sent events with the inbox in them. A nudge makes a stream look; what it finds unchanged it does not send. Since
 * nudges may get lost, it looks with each sign of life too. One timer serves all: each second those whose turn it is.
 */
export function createInboxStreams(deps: InboxStreamDeps): InboxStreams {
  const streams = new OpenStreams(deviceLimits.streamsOfProfile);
  const turns = Array.from({ length: BEATS }, () => new Set<ListeningPhone>());
  let turn = 0;
  const heart = setInterval(() => {
    turn = (turn + 1) % BEATS;
    for (const stream of turns[turn] ?? []) stream.signOfLife();
  }, BEAT_MS).unref();

  return {
    async open(request, response) {
      const judged = await deps.signed.judge(request, response);
      if (judged === null) return;
      // A stream cannot be sent twice: whoever retries it is told to open a new one.
      await deps.signed.markUnanswerable(judged.verdict);
      const { profile } = judged.call;
      if (profileState(profile) === 'draft') throw new ApiRefusal('state');
      // Its `close` is over: what is kept now would be kept for ever.
      if (response.destroyed) return;
      const stream = new ListeningPhone(deps, response, profile.id, LIVES);
      const own = turns[turn];
      response.once('close', () => {
        streams.remove(stream);
        own?.delete(stream);
        stream.stop();
      });
      response
        .set('Cache-Control', 'no-store')
        .set('X-Accel-Buffering', 'no')
        .set('X-Content-Type-Options', 'nosniff')
        .type('text/event-stream');
      response.flushHeaders();
      letGoOf(request);
      streams.add(stream);
      own?.add(stream);
      await stream.start((listener) =>
        deps.signals.listen(signalTopics.inbox(profile.id), listener),
      );
    },
    lookAll() {
      for (const stream of streams.all()) stream.look();
    },
    get size() {
      return streams.size;
    },
    closeAll() {
      clearInterval(heart);
      for (const stream of streams.all()) stream.end();
    },
  };
}

/** What brought a request here would stay in memory as long as its answer, half an hour: its headers, and the way through the routers. */
function letGoOf(request: Request): void {
  request.rawHeaders = [];
  request.headers = {};
  delete request.next;
}
