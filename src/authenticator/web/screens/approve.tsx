import { useEffect, useRef, useState } from 'preact/hooks';
import type { InboxChallenge } from '../../wire.js';
import { contactOf, type AppState } from '../app/app-state.js';
import { endingOf, type Ending } from '../approvals/ending.js';
import { t } from '../locale/text.js';
import { useApp } from '../parts/app-context.js';
import { Countdown } from '../parts/countdown.js';
import { Heading } from '../parts/heading.js';
import { Message } from '../parts/message.js';
import { NumberField } from '../parts/number-field.js';
import { PinField, takePin } from '../parts/pin-field.js';
import { minutes, useServerTime } from '../parts/use-server-time.js';
import { ServiceTile, WhoPill } from '../parts/who.js';
import { isPin, readDigits } from '../pin/pin-rules.js';
import type { StoredProfile } from '../profiles/stored-profile.js';
import { ApprovalEnd } from './approval-end.js';
import { Locked } from './locked.js';
import { LockedRequest } from './locked-request.js';
import { TurnDown } from './turn-down.js';

interface Faults {
  number?: string;
  pin?: string;
  whole?: string;
}

/** One request: what is asked, the number, the PIN; then how it ended. */
export function Approve(props: { state: AppState; profile: StoredProfile; challengeId: string }) {
  const { profile, challengeId } = props;
  const app = useApp();
  const live = contactOf(props.state, profile.id).challenges.find(({ id }) => id === challengeId);
  // What was shown stays shown: the inbox forgets a request as soon as it is answered.
  const [challenge, setChallenge] = useState(live);
  const [ending, setEnding] = useState<Ending | null>(null);
  const [work, setWork] = useState<'checking' | 'sending' | null>(null);
  const now = useServerTime(profile.offset);

  useEffect(() => {
    if (live !== undefined) setChallenge(live);
  }, [live]);
  const isOver =
    challenge === undefined ||
    (work === null && (live === undefined || now >= challenge.expiresAt));
  const shown = ending ?? (isOver ? 'over' : null);
  // The fifth try may still turn out to be the right one: that is known when it has been answered.
  const isLocked = ending === 'locked' || (profile.locked && work === null);

  useEffect(() => {
    if (ending !== null && ending !== 'locked')
      app.dispatch({ kind: 'handled', challenge: challengeId });
  }, [ending]);

  const onFailure = (error: unknown): string | null => {
    const { ended, text } = endingOf(error);
    if (ended !== null) setEnding(ended);
    return text === null ? null : t(text, { organisation: profile.organisation });
  };
  const hasNoEnd = shown === null || shown === 'over' || shown === 'killed' || shown === 'locked';
  if (isLocked && hasNoEnd) {
    return live === undefined ? (
      <Locked profile={profile} />
    ) : (
      <LockedRequest profile={profile} challenge={live} onEnd={setEnding} onFailure={onFailure} />
    );
  }
  if (challenge === undefined || shown !== null) {
    const ended = shown === null || shown === 'locked' ? 'over' : shown;
    return <ApprovalEnd ending={ended} service={challenge?.service ?? ''} profile={profile} />;
  }
  return (
    <ApproveForm
      profile={profile}
      challenge={challenge}
      left={challenge.expiresAt - now}
      now={now}
      work={work}
      setWork={setWork}
      onEnd={setEnding}
      onFailure={onFailure}
    />
  );
}

function ApproveForm(props: {
  profile: StoredProfile;
  challenge: InboxChallenge;
  left: number;
  now: number;
  work: 'checking' | 'sending' | null;
  setWork: (work: 'checking' | 'sending' | null) => void;
  onEnd: (ending: Ending) => void;
  /** @returns what to tell when the request can still be answered */
  onFailure: (error: unknown) => string | null;
}) {
  const { profile, challenge, work, setWork } = props;
  const app = useApp();
  const pin = useRef<HTMLInputElement>(null);
  const [number, setNumber] = useState('');
  const [faults, setFaults] = useState<Faults>({});
  const { digits, service } = challenge;

  const during = async (kind: 'checking' | 'sending', act: () => Promise<Ending>) => {
    if (work !== null) return;
    setFaults({});
    setWork(kind);
    let left: number | undefined;
    try {
      strikes.current = (value) => (left = value);
      props.onEnd(await act());
    } catch (error) {
      const whole = props.onFailure(error);
      if (isRefusal(error) && left === 0) {
        props.onEnd('locked');
        void app.controller.refresh(profile.id).catch(() => {});
      }
      const warning = left === undefined ? '' : ` ${triesLeft(left)}`;
      if (whole !== null) setFaults({ whole: whole + (isRefusal(error) ? warning : '') });
      pin.current?.focus();
    } finally {
      setWork(null);
    }
  };
  const strikes = useRef<(left: number | undefined) => void>(() => {});

  const onSubmit = (event: Event) => {
    event.preventDefault();
    if (number.length !== digits) {
      setFaults({ number: t('approve.number.missing', { digits }) });
      document.getElementById('number')?.focus();
      return;
    }
    const typed = readDigits(takePin(pin.current));
    if (!isPin(typed)) {
      setFaults({ pin: t('approve.pin.missing') });
      pin.current?.focus();
      return;
    }
    void during('checking', async () => {
      await app.controller.approve(profile, challenge, { number, pin: typed }, (left) =>
        strikes.current(left),
      );
      return 'approved';
    });
  };
  const turnDown = (decision: 'deny' | 'not_me') =>
    void during('sending', async () => {
      await app.controller.turnDown(profile, challenge, decision);
      return decision === 'deny' ? 'denied' : 'not-me';
    });

  return (
    <div class="stack">
      <div class="approve-top">
        <WhoPill profile={profile} />
        <Countdown share={props.left / (challenge.expiresAt - challenge.at)}>
          {minutes(props.left)}
        </Countdown>
      </div>
      <div class="approve-title">
        <ServiceTile service={service} />
        <div>
          <Heading>{t('approve.title')}</Heading>
          <p class="lead">{t('approve.lead', { service })}</p>
        </div>
      </div>
      {faults.whole === undefined ? null : <Message kind="bad">{faults.whole}</Message>}
      <form class="stack" onSubmit={onSubmit} noValidate>
        <div class="card asked">
          <Facts challenge={challenge} now={props.now} />
          <div class="asked-number">
            <NumberField
              label={t('approve.number')}
              hint={t('approve.number.hint', { digits })}
              digits={digits}
              value={number}
              onInput={setNumber}
              onFull={() => pin.current?.focus()}
              fault={faults.number ?? null}
              disabled={work !== null}
            />
          </div>
        </div>
        <PinField
          id="pin"
          label={t('approve.pin')}
          hint={t('approve.pin.hint')}
          fault={faults.pin ?? null}
          field={pin}
          entries={app.entries}
          disabled={work !== null}
        />
        <button type="submit" class="button primary" aria-disabled={work !== null}>
          {work === 'checking' ? t('approve.checking') : t('approve.submit')}
        </button>
      </form>
      <TurnDown isBusy={work !== null} onChoice={turnDown} />
      <p class="note centre">{t('approve.warning', { organisation: profile.organisation })}</p>
    </div>
  );
}

function Facts({ challenge, now }: { challenge: InboxChallenge; now: number }) {
  const time = new Intl.DateTimeFormat(document.documentElement.lang, { timeStyle: 'short' });
  const isNow = now - challenge.at < 60_000;
  return (
    <dl class="facts">
      <dt>{t('approve.service')}</dt>
      <dd>{challenge.service}</dd>
      <dt>{t('approve.place')}</dt>
      <dd>{challenge.place}</dd>
      <dt>{t('approve.browser')}</dt>
      <dd>{challenge.browser}</dd>
      <dt>{t('approve.at')}</dt>
      <dd>
        {isNow ? t('approve.at.now') : t('approve.at.time', { time: time.format(challenge.at) })}
      </dd>
    </dl>
  );
}

const triesLeft = (count: number): string =>
  t(count === 1 ? 'approve.refused.left.one' : 'approve.refused.left.other', { count });

const isRefusal = (error: unknown): boolean => (error as { code?: string }).code === 'refused';
