import { useEffect, useState } from 'preact/hooks';
import { groupedActivationCode } from '../../../devices/wire/activation-code.js';
import type { AppState } from '../app/app-state.js';
import { t } from '../locale/text.js';
import { useApp } from '../parts/app-context.js';
import { Heading } from '../parts/heading.js';
import { Icon } from '../parts/icon.js';
import { Message } from '../parts/message.js';
import { readScanned } from '../scan/read-scanned.js';
import { Begin } from './begin.js';
import { Scanner } from './scanner.js';

/** How a code gets into the app: the camera, typing, or a link that was opened. */
export function Add({ state }: { state: AppState }) {
  const app = useApp();
  const { activationCode } = state;
  // When the screen goes, and not before: `app` changes when the browser offers to install it.
  const { dispatch } = app;
  useEffect(() => () => dispatch({ kind: 'activation-code', code: null }), [dispatch]);
  if (activationCode === null) return <FindCode />;
  // A link opens in Safari, and what is set up there is not in the installed app.
  const isInSafari = app.platform.kind === 'ios' && !app.platform.installed;
  return isInSafari ? <CarryOver code={activationCode} /> : <Begin code={activationCode} />;
}

function FindCode() {
  const app = useApp();
  const [isScanning, setScanning] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const [fault, setFault] = useState<string | null>(null);
  const [typed, setTyped] = useState('');

  const accept = (text: string): string | null => {
    const scanned = readScanned(text, app.appUrl);
    if (scanned?.kind === 'code') {
      app.dispatch({ kind: 'activation-code', code: scanned.code });
      return null;
    }
    return scanned === null ? '' : t('add.scan.elsewhere', { host: scanned.host });
  };
  const onSubmit = (event: Event) => {
    event.preventDefault();
    const refused = accept(typed);
    if (refused === null) return;
    setFault(refused === '' ? t('add.code.wrong') : refused);
    document.getElementById('activation-code')?.focus();
  };
  const onScanned = (text: string) => {
    const refused = accept(text);
    if (refused !== null) setProblem(refused === '' ? t('add.scan.other') : refused);
  };
  const onNoCamera = (why: 'denied' | 'none') => {
    setScanning(false);
    setProblem(t(`add.scan.${why}`));
  };
  return (
    <div class="stack">
      <div>
        <Heading>{t('add.title')}</Heading>
        <p class="lead">{t('add.lead')}</p>
      </div>
      {problem === null ? null : <Message kind="bad">{problem}</Message>}
      {isScanning ? (
        <Scanner onScanned={onScanned} onNoCamera={onNoCamera} onStop={() => setScanning(false)} />
      ) : (
        <button
          type="button"
          class="button primary"
          onClick={() => {
            setProblem(null);
            setScanning(true);
          }}
        >
          <Icon name="camera" size={22} />
          {t('add.scan')}
        </button>
      )}
      <p class="or">{t('add.or')}</p>
      <form class="card stack" onSubmit={onSubmit} noValidate>
        <div>
          <label for="activation-code">{t('add.code')}</label>
          <input
            id="activation-code"
            class="typed-code"
            type="text"
            autocomplete="off"
            autocapitalize="characters"
            autocorrect="off"
            spellcheck={false}
            enterkeyhint="go"
            required
            value={typed}
            onInput={(event) => setTyped(event.currentTarget.value)}
            aria-invalid={fault === null ? undefined : 'true'}
            aria-describedby={fault === null ? 'code-hint' : 'code-fault code-hint'}
          />
          {fault === null ? null : (
            <p class="hint fault" id="code-fault">
              {fault}
            </p>
          )}
          <p class="hint" id="code-hint">
            {t('add.code.hint')}
          </p>
        </div>
        <button type="submit" class="button">
          {t('add.next')}
        </button>
      </form>
    </div>
  );
}

function CarryOver({ code }: { code: string }) {
  return (
    <div class="stack">
      <span class="tile large">
        <Icon name="share" size={26} />
      </span>
      <div>
        <Heading>{t('install.title')}</Heading>
        <p class="lead">{t('install.ios.code')}</p>
      </div>
      <code class="secret">{groupedActivationCode(code)}</code>
    </div>
  );
}
