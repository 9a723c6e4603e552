import { useState } from 'preact/hooks';
import { t } from '../locale/text.js';
import type { StoredProfile } from '../profiles/stored-profile.js';
import type { PushOutcome } from '../push/subscribe.js';
import { useApp } from './app-context.js';
import { Message } from './message.js';

/** Notifications of a profile on or off, and what came of it. */
export function NotifySwitch({ profile }: { profile: StoredProfile }) {
  const { controller } = useApp();
  const [outcome, setOutcome] = useState<PushOutcome['kind'] | 'unsent' | null>(null);
  const [isWorking, setWorking] = useState(false);
  const turn = () => {
    if (isWorking) return;
    setWorking(true);
    const turned = profile.notify
      ? controller.stopNotifying(profile.id).then(() => null)
      : controller.notify(profile);
    void turned.then(setOutcome, () => setOutcome('unsent')).finally(() => setWorking(false));
  };
  return (
    <>
      {outcome === null ? null : outcome === 'unsent' ? (
        <Message kind="bad">{t('settings.failed', { organisation: profile.organisation })}</Message>
      ) : (
        <Message kind={outcome === 'subscribed' ? 'good' : 'bad'}>{t(`notify.${outcome}`)}</Message>
      )}
      {profile.notify && outcome === 'subscribed' ? null : (
        <button type="button" class="button" aria-disabled={isWorking} onClick={turn}>
          {isWorking
            ? t('one-moment')
            : t(profile.notify ? 'settings.notify.turn-off' : 'ready.notify.button')}
        </button>
      )}
    </>
  );
}
