import { t } from '../locale/text.js';

/** The two ways to say no. Neither needs a PIN. */
export const TurnDown = (props: {
  isBusy: boolean;
  onChoice: (decision: 'deny' | 'not_me') => void;
}) => (
  <div class="pair">
    <button
      type="button"
      class="button"
      aria-disabled={props.isBusy}
      onClick={() => props.onChoice('deny')}
    >
      {t('approve.deny')}
    </button>
    <button
      type="button"
      class="button danger"
      aria-disabled={props.isBusy}
      onClick={() => props.onChoice('not_me')}
    >
      {t('approve.not-me')}
    </button>
  </div>
);
