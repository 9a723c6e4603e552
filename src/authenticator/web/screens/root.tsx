import { waitingChallenges, type AppState } from '../app/app-state.js';
import { t } from '../locale/text.js';
import { AppContext, type App } from '../parts/app-context.js';
import { markOfPage, organisationOfPage } from '../parts/heading.js';
import { Icon } from '../parts/icon.js';
import { Message } from '../parts/message.js';
import { ServiceTile } from '../parts/who.js';
import { Activate } from './activate.js';
import { Add } from './add.js';
import { Approve } from './approve.js';
import { Code } from './code.js';
import { Help } from './help.js';
import { Home } from './home.js';
import { Settings } from './settings.js';
import { Welcome } from './welcome.js';

/** The frame around each screen. */
export function Root({ app, state }: { app: App; state: AppState }) {
  const { route } = state;
  const isHome = route.at === 'home';
  return (
    <AppContext.Provider value={app}>
      <a
        class="skip"
        href="#main"
        onClick={(event) => {
          event.preventDefault();
          document.getElementById('main')?.focus();
        }}
      >
        {t('skip')}
      </a>
      <header class="top">
        {isHome ? (
          <span class="brand">
            <img src={markOfPage()} width="28" height="28" alt="" />
            <span>{organisationOfPage()}</span>
          </span>
        ) : (
          <button type="button" class="bar-button" onClick={() => app.go({ at: 'home' })}>
            <Icon name="back" />
            {t('nav.home')}
          </button>
        )}
        {route.at === 'help' ? null : (
          <button type="button" class="bar-button" onClick={() => app.go({ at: 'help' })}>
            {t('nav.help')}
          </button>
        )}
      </header>
      <main id="main" tabIndex={-1} class="phone">
        <div class="column">
          <Notices app={app} state={state} />
          <WaitingElsewhere app={app} state={state} />
          <Screen key={keyOf(state)} state={state} />
        </div>
      </main>
    </AppContext.Provider>
  );
}

/** Another profile or request is another screen, not the same one with other contents. */
const keyOf = ({ route }: AppState): string =>
  [
    route.at,
    'profile' in route ? route.profile : '',
    'challenge' in route ? route.challenge : '',
  ].join(' ');

function Screen({ state }: { state: AppState }) {
  const { route, profiles } = state;
  if (route.at === 'home') return profiles.length === 0 ? <Welcome /> : <Home state={state} />;
  if (route.at === 'help') return <Help />;
  if (route.at === 'add') return <Add state={state} />;
  const profile = profiles.find(({ id }) => id === route.profile);
  if (profile === undefined) return null;
  switch (route.at) {
    case 'activate':
      return <Activate profile={profile} />;
    case 'code':
      return <Code profile={profile} />;
    case 'settings':
      return <Settings profile={profile} />;
    case 'approve':
      return <Approve state={state} profile={profile} challengeId={route.challenge} />;
  }
}

/** A request that came while somebody does something else: it does not push itself in front. */
function WaitingElsewhere({ app, state }: { app: App; state: AppState }) {
  const [next] = waitingChallenges(state);
  const { at } = state.route;
  if (next === undefined || at === 'home' || at === 'approve') return null;
  const open = () => app.go({ at: 'approve', profile: next.profile, challenge: next.id });
  return (
    <div class="notices" role="status">
      <button type="button" class="button choice request" onClick={open}>
        <ServiceTile service={next.service} />
        <span>
          {t('home.request', { service: next.service })}
          <small>{t('home.request.about')}</small>
        </span>
      </button>
    </div>
  );
}

function Notices({ app, state }: { app: App; state: AppState }) {
  if (state.notices.length === 0) return null;
  return (
    <div class="notices">
      {state.notices.map(({ kind, who }, index) => (
        <Message key={index} kind={kind === 'removed' || kind === 'added' ? 'good' : 'bad'}>
          {t(`notice.${kind}`, { who })}
        </Message>
      ))}
      <button
        type="button"
        class="button small"
        onClick={() => app.dispatch({ kind: 'notices-read' })}
      >
        {t('notice.dismiss')}
      </button>
    </div>
  );
}
