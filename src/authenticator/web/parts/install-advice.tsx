import { t } from '../locale/text.js';
import { useApp } from './app-context.js';
import { Icon } from './icon.js';

/** How to get the app onto the home screen, where it is not. */
export function InstallAdvice() {
  const { platform, install } = useApp();
  if (platform.installed || (platform.kind !== 'ios' && install === null)) return null;
  return (
    <div class="message">
      <Icon name={platform.kind === 'ios' ? 'share' : 'phone'} />
      <div>
        <strong>{t('install.title')}</strong>
        <p>{t(platform.kind === 'ios' ? 'install.ios' : 'install.android')}</p>
        {install === null || platform.kind === 'ios' ? null : (
          <button type="button" class="button small" onClick={install}>
            {t('install.button')}
          </button>
        )}
      </div>
    </div>
  );
}
