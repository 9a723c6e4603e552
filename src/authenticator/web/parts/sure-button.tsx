import { useState } from 'preact/hooks';
import { t } from '../locale/text.js';
import { Message } from './message.js';

/** Something that cannot be undone: asks first. */
export function SureButton(props: {
  label: string;
  question: string;
  organisation: string;
  act: () => Promise<void>;
}) {
  const [stage, setStage] = useState<'idle' | 'asking' | 'working' | 'failed'>('idle');
  const act = () => {
    setStage('working');
    props
      .act()
      .then(() => setStage('idle'))
      .catch(() => setStage('failed'));
  };
  if (stage === 'idle' || stage === 'failed') {
    return (
      <>
        {stage === 'failed' ? (
          <Message kind="bad">{t('settings.failed', { organisation: props.organisation })}</Message>
        ) : null}
        <button type="button" class="button danger" onClick={() => setStage('asking')}>
          {props.label}
        </button>
      </>
    );
  }
  return (
    <div class="stack-small" role="group" aria-label={props.label}>
      <p>{props.question}</p>
      <div class="pair">
        <button
          type="button"
          class="button danger"
          aria-disabled={stage === 'working'}
          onClick={() => {
            if (stage === 'asking') act();
          }}
        >
          {stage === 'working' ? t('one-moment') : t('settings.sure.yes')}
        </button>
        <button type="button" class="button" onClick={() => setStage('idle')}>
          {t('settings.sure.no')}
        </button>
      </div>
    </div>
  );
}
