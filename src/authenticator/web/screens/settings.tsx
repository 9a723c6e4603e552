import { useState } from 'preact/hooks';
import { whoIs } from '../app/controller.js';
import { t } from '../locale/text.js';
import { useApp } from '../parts/app-context.js';
import { Heading } from '../parts/heading.js';
import { Message } from '../parts/message.js';
import { NotifySwitch } from '../parts/notify-switch.js';
import { SureButton } from '../parts/sure-button.js';
import { WhoPill } from '../parts/who.js';
import type { StoredProfile } from '../profiles/stored-profile.js';

export function Settings({ profile }: { profile: StoredProfile }) {
  const { controller } = useApp();
  return (
    <div class="stack">
      <WhoPill profile={profile} />
      <Heading>{t('settings.title')}</Heading>
      <Name profile={profile} />
      <section class="card stack">
        <div>
          <h2>{t('settings.notify')}</h2>
          <p class="note">{t(profile.notify ? 'settings.notify.on' : 'settings.notify.off')}</p>
        </div>
        <NotifySwitch profile={profile} />
      </section>
      <section class="card stack">
        <div>
          <h2>{t('settings.codes')}</h2>
          <p class="note">{t(`settings.codes.${profile.codes}`)}</p>
        </div>
        {profile.codes === 'disabled' ? null : (
          <SureButton
            label={t('settings.codes.end')}
            question={t('settings.codes.sure')}
            organisation={profile.organisation}
            act={() => controller.endCodes(profile.id)}
          />
        )}
      </section>
      <Remove profile={profile} />
    </div>
  );
}

function Name({ profile }: { profile: StoredProfile }) {
  const { controller } = useApp();
  const [name, setName] = useState(profile.name);
  const [outcome, setOutcome] = useState<'saved' | 'failed' | 'wrong' | null>(null);
  const onSubmit = (event: Event) => {
    event.preventDefault();
    const chosen = name.normalize('NFC').trim();
    if (chosen === '' || [...chosen].length > 64) return setOutcome('wrong');
    void controller
      .rename(profile.id, chosen)
      .then(() => setOutcome('saved'))
      .catch(() => setOutcome('failed'));
  };
  return (
    <form class="card stack" onSubmit={onSubmit} noValidate>
      {outcome === 'saved' ? <Message kind="good">{t('settings.name.saved')}</Message> : null}
      {outcome === 'failed' ? (
        <Message kind="bad">{t('settings.failed', { organisation: profile.organisation })}</Message>
      ) : null}
      <div>
        <label for="profile-name">{t('settings.name')}</label>
        <input
          id="profile-name"
          type="text"
          autocomplete="off"
          required
          value={name}
          onInput={(event) => setName(event.currentTarget.value)}
          aria-invalid={outcome === 'wrong' ? 'true' : undefined}
          aria-describedby={outcome === 'wrong' ? 'profile-name-fault' : undefined}
        />
        {outcome === 'wrong' ? (
          <p class="hint fault" id="profile-name-fault">
            {t('begin.name.wrong')}
          </p>
        ) : null}
      </div>
      <button type="submit" class="button">
        {t('settings.name.save')}
      </button>
    </form>
  );
}

function Remove({ profile }: { profile: StoredProfile }) {
  const { controller } = useApp();
  const [isOffline, setOffline] = useState(false);
  const who = whoIs(profile);
  const { organisation } = profile;
  const remove = () =>
    controller.remove(profile.id).catch((error: unknown) => {
      setOffline(true);
      throw error;
    });
  return (
    <section class="card stack">
      <div>
        <h2>{t('settings.remove')}</h2>
        <p class="note">{t('settings.remove.about', { who })}</p>
      </div>
      <SureButton
        label={t('settings.remove.button')}
        question={t('settings.remove.sure', { who })}
        organisation={organisation}
        act={remove}
      />
      {isOffline ? (
        <>
          <p>{t('settings.remove.forget', { organisation })}</p>
          <button
            type="button"
            class="button danger"
            onClick={() => void controller.forget(profile.id)}
          >
            {t('settings.remove.forget.button')}
          </button>
        </>
      ) : null}
    </section>
  );
}
