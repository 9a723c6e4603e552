import { useEffect } from 'preact/hooks';
import { deviceFingerprint } from '../../../devices/wire/fingerprint.js';
import { whoIs } from '../app/controller.js';
import { t } from '../locale/text.js';
import { useApp } from '../parts/app-context.js';
import { Countdown } from '../parts/countdown.js';
import { GiveUp } from '../parts/give-up.js';
import { Heading } from '../parts/heading.js';
import { Icon } from '../parts/icon.js';
import { NotifySwitch } from '../parts/notify-switch.js';
import { minutes, useServerTime } from '../parts/use-server-time.js';
import { WhoPill } from '../parts/who.js';
import type { StoredProfile } from '../profiles/stored-profile.js';
import { ChoosePin } from './choose-pin.js';

const lifeMs = 10 * 60_000;
const askEveryMs = 2_000;

/** After the code: a PIN, the digits to compare, done. Goes on where it was when the app was closed in between. */
export function Activate({ profile }: { profile: StoredProfile }) {
  if (profile.stage === 'active') return <Ready profile={profile} />;
  return profile.stage === 'pin' ? <ChoosePin profile={profile} /> : <Confirm profile={profile} />;
}

function Confirm({ profile }: { profile: StoredProfile }) {
  const app = useApp();
  const { id, draft } = profile;
  const now = useServerTime(profile.offset);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let stopped = false;
    const ask = () =>
      app.controller
        .confirmed(id)
        .catch(() => false)
        .then((isOver) => {
          if (!isOver && !stopped) timer = setTimeout(ask, askEveryMs);
        });
    void ask();
    return () => {
      stopped = true;
      clearTimeout(timer);
    };
  }, [id]);
  const left = (draft?.expiresAt ?? now) - now;
  const digits = deviceFingerprint(draft?.activation ?? '', profile.publicKey);
  return (
    <div class="stack">
      <WhoPill profile={profile} />
      <div>
        <Heading>{t('confirm.title')}</Heading>
        <p class="lead">{t('confirm.lead')}</p>
      </div>
      <p class="fingerprint">
        <span class="hidden-visually">{t('confirm.label')}: </span>
        <span class="digits">
          {digits.slice(0, 3)} {digits.slice(3)}
        </span>
      </p>
      <p class="waiting" role="status">
        <span class="dot" aria-hidden="true" />
        {t('confirm.waiting')}
      </p>
      <p>
        <Countdown share={left / lifeMs}>{t('confirm.left', { time: minutes(left) })}</Countdown>
      </p>
      <p class="note">{t('confirm.different')}</p>
      <p class="note">{t('confirm.help-desk')}</p>
      <GiveUp id={id} />
    </div>
  );
}

function Ready({ profile }: { profile: StoredProfile }) {
  const app = useApp();
  return (
    <div class="stack ending">
      <span class="tile large good">
        <Icon name="check" size={28} />
      </span>
      <div>
        <Heading>{t('ready.title')}</Heading>
        <p class="lead">{t('ready.lead', { who: whoIs(profile) })}</p>
      </div>
      <div class="card stack">
        <div>
          <h2>{t('ready.notify')}</h2>
          <p class="note">{t('ready.notify.about')}</p>
        </div>
        <NotifySwitch profile={profile} />
      </div>
      <button type="button" class="button primary" onClick={() => app.go({ at: 'home' })}>
        {t('ready.done')}
      </button>
    </div>
  );
}
