import { contactOf, waitingChallenges, type AppState } from '../app/app-state.js';
import { whoIs } from '../app/controller.js';
import { t } from '../locale/text.js';
import { useApp } from '../parts/app-context.js';
import { Heading } from '../parts/heading.js';
import { Icon } from '../parts/icon.js';
import { InstallAdvice } from '../parts/install-advice.js';
import { initialsOf, ServiceTile, subtitle } from '../parts/who.js';
import type { StoredProfile } from '../profiles/stored-profile.js';

export function Home({ state }: { state: AppState }) {
  const app = useApp();
  const offline = state.profiles.find(
    ({ id, stage }) => stage === 'active' && contactOf(state, id).reached === false,
  );
  return (
    <div class="stack">
      <Heading>{t('home.title')}</Heading>
      <p class={offline === undefined ? 'status-line' : 'status-line off'} role="status">
        {offline === undefined
          ? t('home.waiting')
          : t('home.offline', { organisation: offline.organisation })}
      </p>
      <Requests state={state} />
      <ul class="profiles">
        {state.profiles.map((profile) => (
          <ProfileCard key={profile.id} profile={profile} />
        ))}
      </ul>
      <button type="button" class="button" onClick={() => app.go({ at: 'add' })}>
        {t('home.add')}
      </button>
      <InstallAdvice />
    </div>
  );
}

function Requests({ state }: { state: AppState }) {
  const app = useApp();
  const waiting = waitingChallenges(state);
  if (waiting.length === 0) return null;
  return (
    <ul class="stack-small">
      {waiting.map(({ id, profile, service }) => (
        <li key={id}>
          <button
            type="button"
            class="button choice request"
            onClick={() => app.go({ at: 'approve', profile, challenge: id })}
          >
            <ServiceTile service={service} />
            <span>
              {t('home.request', { service })}
              <small>{t('home.request.about')}</small>
            </span>
          </button>
        </li>
      ))}
    </ul>
  );
}

function ProfileCard({ profile }: { profile: StoredProfile }) {
  const app = useApp();
  const { id, stage } = profile;
  return (
    <li class="card profile">
      <div class="profile-who">
        <span class="avatar avatar-large" aria-hidden="true">
          {initialsOf(profile.person.name)}
        </span>
        <div>
          <h2>{profile.person.name}</h2>
          <p>{subtitle(profile)}</p>
        </div>
        {stage === 'active' ? (
          <button
            type="button"
            class="icon-button"
            aria-label={t('home.settings', { who: whoIs(profile) })}
            onClick={() => app.go({ at: 'settings', profile: id })}
          >
            <Icon name="gear" size={22} />
          </button>
        ) : null}
      </div>
      {stage !== 'active' ? (
        <div class="profile-do">
          <span class="badge warn">{t('home.draft')}</span>
          <button
            type="button"
            class="button small primary"
            onClick={() => app.go({ at: 'activate', profile: id })}
          >
            {t('home.continue')}
          </button>
        </div>
      ) : (
        <div class="profile-do">
          {profile.locked ? <span class="badge warn">{t('home.locked')}</span> : null}
          {profile.codes === 'disabled' ? (
            <span class="note">{t('home.nocodes')}</span>
          ) : (
            <button
              type="button"
              class="button small"
              onClick={() => app.go({ at: 'code', profile: id })}
            >
              <Icon name="key" />
              {t('home.code')}
            </button>
          )}
        </div>
      )}
    </li>
  );
}
