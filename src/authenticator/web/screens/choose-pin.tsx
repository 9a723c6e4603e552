import { useRef, useState } from 'preact/hooks';
import { t } from '../locale/text.js';
import { useApp } from '../parts/app-context.js';
import { GiveUp } from '../parts/give-up.js';
import { Heading } from '../parts/heading.js';
import { Message } from '../parts/message.js';
import { PinField } from '../parts/pin-field.js';
import { pinFault, readDigits } from '../pin/pin-rules.js';
import type { StoredProfile } from '../profiles/stored-profile.js';
import { RequestFailed } from '../requests/request-failed.js';

export function ChoosePin({ profile }: { profile: StoredProfile }) {
  const app = useApp();
  const first = useRef<HTMLInputElement>(null);
  const second = useRef<HTMLInputElement>(null);
  const codesAllowed = profile.draft?.codesAllowed === true;
  const [codes, setCodes] = useState(true);
  const [faults, setFaults] = useState<{ first?: string; second?: string; whole?: string }>({});
  const [isWorking, setWorking] = useState(false);

  const onSubmit = (event: Event) => {
    event.preventDefault();
    if (isWorking) return;
    const pin = readDigits(first.current?.value ?? '');
    const fault = pinFault(pin);
    if (fault !== null) {
      setFaults({ first: t(`pin.fault.${fault}`) });
      empty(first.current, second.current);
      first.current?.focus();
      return;
    }
    if (readDigits(second.current?.value ?? '') !== pin) {
      setFaults({ second: t('pin.different') });
      empty(second.current);
      second.current?.focus();
      return;
    }
    empty(first.current, second.current);
    setFaults({});
    setWorking(true);
    app.controller
      .complete(profile, { pin, codes: codesAllowed && codes })
      .catch((error: unknown) => {
        const isNotNow =
          error instanceof RequestFailed && ['offline', 'unavailable'].includes(error.code);
        const { organisation } = profile;
        setFaults({ whole: isNotNow ? t('settings.failed', { organisation }) : t('pin.failed') });
        setWorking(false);
      });
  };
  const { name, username } = profile.person;
  return (
    <div class="stack">
      <div>
        <Heading>{t('pin.title')}</Heading>
        <p class="lead">{t('pin.lead', { name, username, organisation: profile.organisation })}</p>
      </div>
      {faults.whole === undefined ? null : <Message kind="bad">{faults.whole}</Message>}
      <form class="card stack" onSubmit={onSubmit} noValidate>
        <PinField
          id="new-pin"
          label={t('pin.first')}
          hint={t('pin.hint')}
          fault={faults.first ?? null}
          field={first}
          entries={app.entries}
          disabled={isWorking}
        />
        <PinField
          id="new-pin-again"
          label={t('pin.second')}
          fault={faults.second ?? null}
          field={second}
          entries={app.entries}
          disabled={isWorking}
        />
        {codesAllowed ? (
          <label class="choice-line" for="codes">
            <input
              id="codes"
              type="checkbox"
              checked={codes}
              disabled={isWorking}
              onChange={(event) => setCodes(event.currentTarget.checked)}
            />
            <span>
              {t('pin.codes')}
              <small>{t('pin.codes.about')}</small>
            </span>
          </label>
        ) : null}
        <button type="submit" class="button primary" aria-disabled={isWorking}>
          {isWorking ? t('pin.working') : t('pin.submit')}
        </button>
      </form>
      <GiveUp id={profile.id} />
    </div>
  );
}

function empty(...fields: (HTMLInputElement | null)[]): void {
  for (const field of fields) if (field !== null) field.value = '';
}
