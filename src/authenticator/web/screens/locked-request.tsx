import { useState } from 'preact/hooks';
import type { InboxChallenge } from '../../wire.js';
import type { Ending } from '../approvals/ending.js';
import { t } from '../locale/text.js';
import { useApp } from '../parts/app-context.js';
import { Message } from '../parts/message.js';
import type { StoredProfile } from '../profiles/stored-profile.js';
import { Locked } from './locked.js';
import { TurnDown } from './turn-down.js';

/** A request to a locked profile: it cannot be approved, but somebody may still say that it is not theirs. */
export function LockedRequest(props: {
  profile: StoredProfile;
  challenge: InboxChallenge;
  onEnd: (ending: Ending) => void;
  onFailure: (error: unknown) => string | null;
}) {
  const { profile, challenge } = props;
  const app = useApp();
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const turnDown = async (decision: 'deny' | 'not_me') => {
    if (isBusy) return;
    setBusy(true);
    try {
      await app.controller.turnDown(profile, challenge, decision);
      props.onEnd(decision === 'deny' ? 'denied' : 'not-me');
    } catch (error) {
      setProblem(props.onFailure(error));
      setBusy(false);
    }
  };
  return (
    <Locked profile={profile}>
      {problem === null ? null : <Message kind="bad">{problem}</Message>}
      <h2>{t('home.request', { service: challenge.service })}</h2>
      <TurnDown isBusy={isBusy} onChoice={(decision) => void turnDown(decision)} />
    </Locked>
  );
}
