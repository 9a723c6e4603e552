import { useState } from 'preact/hooks';
import { t } from '../locale/text.js';
import { useApp } from './app-context.js';

/** Ends an activation that is under way, after asking. */
export function GiveUp({ id }: { id: string }) {
  const app = useApp();
  const [isSure, setSure] = useState(false);
  const leave = () => {
    void app.controller.giveUp(id).then(() => app.go({ at: 'home' }));
  };
  return isSure ? (
    <div class="pair">
      <button type="button" class="button danger" onClick={leave}>
        {t('settings.sure.yes')}
      </button>
      <button type="button" class="button" onClick={() => setSure(false)}>
        {t('settings.sure.no')}
      </button>
    </div>
  ) : (
    <button type="button" class="button plain" onClick={() => setSure(true)}>
      {t('confirm.leave')}
    </button>
  );
}
