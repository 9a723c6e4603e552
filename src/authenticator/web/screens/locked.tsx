import type { ComponentChildren } from 'preact';
import { t } from '../locale/text.js';
import { useApp } from '../parts/app-context.js';
import { Heading } from '../parts/heading.js';
import { Icon } from '../parts/icon.js';
import { WhoPill } from '../parts/who.js';
import type { StoredProfile } from '../profiles/stored-profile.js';

/** Five wrong PINs. */
export function Locked(props: { profile: StoredProfile; children?: ComponentChildren }) {
  const { profile } = props;
  const app = useApp();
  return (
    <div class="stack">
      <WhoPill profile={profile} />
      <span class="tile large bad">
        <Icon name="lock" size={26} />
      </span>
      <div>
        <Heading>{t('locked.title')}</Heading>
        <p class="lead">{t('locked.lead', { organisation: profile.organisation })}</p>
      </div>
      <div class="card">
        <ol class="steps">
          <li>{t('locked.step1')}</li>
          <li>{t('locked.step2')}</li>
        </ol>
      </div>
      {props.children}
      <button type="button" class="button primary" onClick={() => app.go({ at: 'add' })}>
        {t('home.add')}
      </button>
      <button type="button" class="button plain" onClick={() => app.go({ at: 'home' })}>
        {t('nav.home')}
      </button>
    </div>
  );
}
