import { t } from '../locale/text.js';
import { useApp } from '../parts/app-context.js';
import { Heading, organisationOfPage } from '../parts/heading.js';
import { Icon } from '../parts/icon.js';
import { InstallAdvice } from '../parts/install-advice.js';

/** The start page of a device without profiles. */
export function Welcome() {
  const app = useApp();
  return (
    <div class="stack">
      <span class="tile large">
        <Icon name="phone" size={26} />
      </span>
      <div>
        <Heading>{t('welcome.title')}</Heading>
        <p class="lead">{t('welcome.lead', { organisation: organisationOfPage() })}</p>
      </div>
      <InstallAdvice />
      <div class="card">
        <ol class="steps">
          <li>{t('welcome.step1')}</li>
          <li>{t('welcome.step2')}</li>
          <li>{t('welcome.step3')}</li>
        </ol>
      </div>
      <button type="button" class="button primary" onClick={() => app.go({ at: 'add' })}>
        {t('welcome.add')}
      </button>
    </div>
  );
}
