import { t } from '../locale/text.js';
import type { TextKey } from '../locale/choose-locale.js';
import { Heading } from '../parts/heading.js';
import { InstallAdvice } from '../parts/install-advice.js';

const topics = ['request', 'code', 'pin', 'lost', 'not-me', 'ios'] as const;

export const Help = () => (
  <div class="stack">
    <Heading>{t('help.title')}</Heading>
    <div class="card topics">
      {topics.map((topic) => (
        <details key={topic}>
          <summary>{t(`help.${topic}.q` satisfies TextKey)}</summary>
          <div>{t(`help.${topic}.a` satisfies TextKey)}</div>
        </details>
      ))}
    </div>
    <InstallAdvice />
  </div>
);
