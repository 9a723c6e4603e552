import { useEffect, useRef, useState } from 'preact/hooks';
import { codeShownAt, shownForMs, type ShownCodes } from '../codes/shown-codes.js';
import { t } from '../locale/text.js';
import { useApp } from '../parts/app-context.js';
import { Countdown } from '../parts/countdown.js';
import { Heading } from '../parts/heading.js';
import { Advice, Message } from '../parts/message.js';
import { PinField, takePin } from '../parts/pin-field.js';
import { useServerTime } from '../parts/use-server-time.js';
import { WhoPill } from '../parts/who.js';
import { whoIs } from '../app/controller.js';
import { isPin, readDigits } from '../pin/pin-rules.js';
import type { StoredProfile } from '../profiles/stored-profile.js';

export function Code({ profile }: { profile: StoredProfile }) {
  const [shown, setShown] = useState<ShownCodes | null>(null);
  const [wasShown, setWasShown] = useState(false);
  useEffect(() => {
    if (shown !== null) setWasShown(true);
  }, [shown]);
  return (
    <div class="stack">
      <WhoPill profile={profile} />
      {profile.codes === 'disabled' ? (
        <div>
          <Heading>{t('code.disabled.title')}</Heading>
          <p class="lead">{t('code.disabled.lead')}</p>
        </div>
      ) : (
        <>
          <Heading>{t('code.title')}</Heading>
          {profile.codes === 'locked' ? <LockedCodes profile={profile} /> : null}
          {profile.locked ? <Advice icon="lock">{t('locked.codes')}</Advice> : null}
          {shown === null ? (
            <PinEntry profile={profile} wasShown={wasShown} onCodes={setShown} />
          ) : (
            <ShownCode profile={profile} shown={shown} onEnd={() => setShown(null)} />
          )}
        </>
      )}
    </div>
  );
}

/** The way to a code stays open: whoever has no contact does not hear that codes are taken again. */
function LockedCodes({ profile }: { profile: StoredProfile }) {
  const now = useServerTime(profile.offset);
  const { codesLockedUntil: until, offset } = profile;
  if (until === null) {
    return (
      <Message kind="bad">
        <strong>{t('code.locked.good')}</strong>
        <p>{t('code.locked.good.why')}</p>
        <ol class="steps">
          <li>{t('code.locked.good.step1')}</li>
          <li>{t('code.locked.good.step2', { organisation: profile.organisation })}</li>
        </ol>
      </Message>
    );
  }
  if (until === undefined) return <Message kind="bad">{t('code.locked')}</Message>;
  if (until <= now) return null;
  const time = new Intl.DateTimeFormat(document.documentElement.lang, { timeStyle: 'short' });
  return (
    <Message kind="bad">{t('code.locked.until', { time: time.format(until - offset) })}</Message>
  );
}

function PinEntry(props: {
  profile: StoredProfile;
  wasShown: boolean;
  onCodes: (codes: ShownCodes) => void;
}) {
  const app = useApp();
  const pin = useRef<HTMLInputElement>(null);
  const [fault, setFault] = useState<string | null>(null);
  const [isWorking, setWorking] = useState(false);
  const onSubmit = (event: Event) => {
    event.preventDefault();
    if (isWorking) return;
    const typed = readDigits(takePin(pin.current));
    if (!isPin(typed)) {
      setFault(t('approve.pin.missing'));
      pin.current?.focus();
      return;
    }
    setFault(null);
    setWorking(true);
    app.controller
      .codes(props.profile, typed)
      .then(props.onCodes)
      .catch(() => {
        setFault(t('pin.failed'));
        setWorking(false);
      });
  };
  return (
    <form class="stack" onSubmit={onSubmit} noValidate>
      {props.wasShown ? (
        <Message kind="plain" icon="key">
          {t('code.blank')}
        </Message>
      ) : null}
      <PinField
        id="pin"
        label={t('code.pin')}
        fault={fault}
        field={pin}
        entries={app.entries}
        disabled={isWorking}
      />
      <Advice icon="alert">{t('code.warning')}</Advice>
      <button type="submit" class="button primary" aria-disabled={isWorking}>
        {isWorking ? t('one-moment') : t('code.submit')}
      </button>
    </form>
  );
}

function ShownCode(props: { profile: StoredProfile; shown: ShownCodes; onEnd: () => void }) {
  const { profile, shown } = props;
  const app = useApp();
  const now = useServerTime(profile.offset);
  const [isRevealed, setRevealed] = useState(false);
  const code = codeShownAt(shown, now);
  useEffect(() => {
    if (code === null) props.onEnd();
  }, [code]);
  // An update would take the code away.
  useEffect(() => app.entries.opened(), [app.entries]);
  if (code === null) return null;
  const left = shown.until - now;
  return (
    <div class="stack">
      <button
        type="button"
        class={isRevealed ? 'shown-code' : 'shown-code masked'}
        onClick={() => setRevealed(true)}
      >
        {isRevealed ? (
          <>
            <span class="hidden-visually">{t('code.label', { who: whoIs(profile) })} </span>
            <span class="digits">
              {code.slice(0, 3)} {code.slice(3)}
            </span>
          </>
        ) : (
          <>
            <span class="digits" aria-hidden="true">
              ••• •••
            </span>
            <span class="tap">{t('code.show')}</span>
          </>
        )}
      </button>
      <p class="centre">
        <Countdown share={left / shownForMs}>
          {t('code.countdown', { seconds: Math.max(1, Math.ceil(left / 1000)) })}
        </Countdown>
      </p>
      <Advice icon="alert">{t('code.warning')}</Advice>
      <button type="button" class="button" onClick={() => app.go({ at: 'home' })}>
        {t('end.close')}
      </button>
    </div>
  );
}
