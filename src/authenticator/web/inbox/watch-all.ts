import type { StoredProfile } from '../profiles/stored-profile.js';
import type { InboxWatch } from './watch-inbox.js';

/** Of the six connections that a browser opens to a server over HTTP/1.1, some must be left. */
const streams = 3;

export interface AllWatches {
  /** Watches exactly these; while the app is not to be seen, none. */
  follow(profiles: readonly StoredProfile[], isVisible: boolean): void;
  hurry(): void;
  renew(): void;
}

export function watchAll(
  start: (profile: string, by: 'stream' | 'asking') => InboxWatch,
): AllWatches {
  const watches = new Map<string, { by: string; watch: InboxWatch }>();
  return {
    follow(profiles, isVisible) {
      const active = isVisible ? profiles.filter(({ stage }) => stage === 'active') : [];
      const wanted = new Map(
        active.map(({ id }, index) => [id, index < streams ? 'stream' : 'asking'] as const),
      );
      for (const [id, { by, watch }] of watches) {
        if (wanted.get(id) === by) continue;
        watch.stop();
        watches.delete(id);
      }
      for (const [id, by] of wanted) {
        if (!watches.has(id)) watches.set(id, { by, watch: start(id, by) });
      }
    },
    hurry() {
      for (const { watch } of watches.values()) watch.hurry();
    },
    renew() {
      for (const { watch } of watches.values()) watch.renew();
    },
  };
}
