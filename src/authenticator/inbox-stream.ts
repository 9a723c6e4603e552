import type { Request, Response } from 'express';
import type { CodeCredentials } from '../devices/code-credentials.js';
import type { DeviceReader } from '../devices/device-store.js';
import { deviceLimits } from '../devices/limits.js';
import { profileState, type Profile } from '../devices/profile.js';
import type { PhoneChallenges } from '../factors/push/challenges.js';
import { signalTopics } from '../factors/push/signal-topics.js';
import type { Clock } from '../kernel/clock.js';
import type { Signals } from '../storage/ephemeral/signals.js';
import { ApiRefusal } from './api-request.js';
import { inboxOf } from './inbox.js';
import { OpenStreams } from './open-streams.js';
import type { SignedEndpoint } from './signed-endpoint.js';

export interface InboxStreamDeps {
  signed: SignedEndpoint;
  devices: Pick<DeviceReader, 'profile'>;
  challenges: PhoneChallenges;
  codes: Pick<CodeCredentials, 'state'>;
  signals: Pick<Signals, 'listen'>;
  clock: Clock;
  onError: (error: unknown) => void;
}

/** Open streams of this process. */
export interface InboxStreams {
  open(request: Request, response: Response): Promise<void>;
  /** Something changed that no signal told of (the command line): every stream looks. */
  lookAll(): void;
  readonly size: number;
  closeAll(): void;
}

/**
 * Server-sent events with the inbox in them. A nudge makes a stream look; what it finds unchanged it does not send. Since
 * nudges may get lost, it looks with each sign of life too.
 */
export function createInboxStreams(deps: InboxStreamDeps): InboxStreams {
  const streams = new OpenStreams(deviceLimits.streamsOfProfile);

  return {
    async open(request, response) {
      const judged = await deps.signed.judge(request, response);
      if (judged === null) return;
      // A stream cannot be sent twice: whoever retries it is told to open a new one.
      await deps.signed.markUnanswerable(judged.verdict);
      const { profile } = judged.call;
      if (profileState(profile) === 'draft') throw new ApiRefusal('state');
      response
        .set('Cache-Control', 'no-store')
        .set('X-Accel-Buffering', 'no')
        .set('X-Content-Type-Options', 'nosniff')
        .type('text/event-stream');
      response.flushHeaders();
      const stream = openStream(deps, response, profile);
      streams.add(stream);
      response.once('close', () => {
        streams.remove(stream);
      });
      await stream.start();
    },
    lookAll() {
      for (const stream of streams.all()) stream.look();
    },
    get size() {
      return streams.size;
    },
    closeAll() {
      for (const stream of streams.all()) stream.end();
    },
  };
}

function openStream(deps: InboxStreamDeps, response: Response, { id }: Profile) {
  let shown = '';
  let looking = false;
  let again = false;
  let over = false;

  const write = (text: string) => {
    if (!over && !response.destroyed) response.write(text);
  };
  const lookOnce = async (): Promise<void> => {
    const profile = await deps.devices.profile(id);
    if (profile === null || profile.revokedAt !== null) {
      write('event: revoked\ndata: {}\n\n');
      end();
      return;
    }
    const inbox = await inboxOf(deps, profile);
    const { time: _, ...content } = inbox;
    const text = JSON.stringify(content);
    if (text === shown) return;
    shown = text;
    write(`event: inbox\ndata: ${JSON.stringify(inbox)}\n\n`);
  };
  /** One look at a time; a nudge during a look makes another one. */
  const look = async (): Promise<void> => {
    again = true;
    if (looking) return;
    looking = true;
    try {
      while (again && !over) {
        again = false;
        await lookOnce();
      }
    } catch (error) {
      deps.onError(error);
    } finally {
      looking = false;
    }
  };
  const signOfLife = setInterval(() => {
    write(':\n\n');
    void look();
  }, deviceLimits.signOfLifeMs).unref();
  const lifetime = setTimeout(() => {
    end();
  }, deviceLimits.streamMs).unref();
  let listening: { stop(): void } | null = null;
  const stop = () => {
    over = true;
    clearInterval(signOfLife);
    clearTimeout(lifetime);
    listening?.stop();
  };
  const end = () => {
    stop();
    response.end();
  };
  response.once('close', stop);

  return {
    profile: id,
    look: () => void look(),
    end,
    async start() {
      listening = await deps.signals.listen(signalTopics.inbox(id), () => void look());
      if (over) listening.stop();
      else await look();
    },
  };
}
