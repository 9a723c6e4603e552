import { useRef, useState } from 'preact/hooks';
import type { BegunKeys } from '../activation/activate.js';
import { t } from '../locale/text.js';
import type { TextKey } from '../locale/choose-locale.js';
import { useApp } from '../parts/app-context.js';
import { Heading } from '../parts/heading.js';
import { Message } from '../parts/message.js';
import { readDigits } from '../pin/pin-rules.js';
import { RequestFailed } from '../requests/request-failed.js';

/** Uses the code up, once somebody has said so: opening a link alone does not. */
export function Begin({ code }: { code: string }) {
  const app = useApp();
  const begun = useRef<BegunKeys | null>(null);
  const [name, setName] = useState(app.installation.deviceName ?? app.platform.suggestedName);
  const [secret, setSecret] = useState('');
  const [needsSecret, setNeedsSecret] = useState(false);
  const [nameFault, setNameFault] = useState(false);
  const [problem, setProblem] = useState<TextKey | null>(null);
  const [isDead, setDead] = useState(false);
  const [isWorking, setWorking] = useState(false);

  const begin = async () => {
    const deviceName = name.normalize('NFC').trim();
    if (deviceName === '' || [...deviceName].length > 64) return setNameFault(true);
    setNameFault(false);
    setProblem(null);
    setWorking(true);
    try {
      begun.current = await app.controller.keysFor(code, begun.current);
      const device = { installation: app.installation.id, name: deviceName };
      const given = needsSecret ? readDigits(secret) : null;
      const profile = await app.controller.begin(begun.current, device, given);
      await app.rememberDeviceName(deviceName);
      app.go({ at: 'activate', profile: profile.id });
    } catch (error) {
      const reason = error instanceof RequestFailed ? error.code : null;
      if (reason === 'second_secret') {
        setProblem(needsSecret ? 'begin.secret.wrong' : 'begin.secret.needed');
        setNeedsSecret(true);
      } else {
        setProblem(reason === null ? 'begin.failed' : problemOf(reason));
        setDead(reason === 'not_found');
      }
      setWorking(false);
    }
  };
  const onSubmit = (event: Event) => {
    event.preventDefault();
    if (!isWorking && !isDead) void begin();
  };
  const another = () => app.dispatch({ kind: 'activation-code', code: null });
  return (
    <div class="stack">
      <div>
        <Heading>{t('begin.title')}</Heading>
        <p class="lead">{t('begin.lead')}</p>
      </div>
      {problem === null ? null : (
        <Message kind="bad">{t(problem, { organisation: location.host })}</Message>
      )}
      <form class="card stack" onSubmit={onSubmit} noValidate>
        <div>
          <label for="device-name">{t('begin.name')}</label>
          <input
            id="device-name"
            type="text"
            autocomplete="off"
            required
            value={name}
            onInput={(event) => setName(event.currentTarget.value)}
            aria-invalid={nameFault ? 'true' : undefined}
            aria-describedby="device-name-hint"
          />
          <p class={nameFault ? 'hint fault' : 'hint'} id="device-name-hint">
            {t(nameFault ? 'begin.name.wrong' : 'begin.name.hint')}
          </p>
        </div>
        {needsSecret ? (
          <div>
            <label for="second-secret">{t('begin.secret')}</label>
            <input
              id="second-secret"
              class="code"
              type="text"
              inputMode="numeric"
              autocomplete="one-time-code"
              maxLength={16}
              required
              value={secret}
              onInput={(event) => setSecret(event.currentTarget.value)}
              aria-describedby="second-secret-hint"
            />
            <p class="hint" id="second-secret-hint">
              {t('begin.secret.hint')}
            </p>
          </div>
        ) : null}
        <button type="submit" class="button primary" aria-disabled={isWorking || isDead}>
          {isWorking ? t('one-moment') : t('begin.submit')}
        </button>
      </form>
      <button type="button" class="button plain" onClick={another}>
        {t('begin.other')}
      </button>
    </div>
  );
}

function problemOf(reason: RequestFailed['code']): TextKey {
  if (reason === 'not_found') return 'begin.not-found';
  if (reason === 'too_many') return 'approve.later';
  return reason === 'offline' || reason === 'unavailable' ? 'approve.unsent' : 'begin.failed';
}
