import type { Ending } from '../approvals/ending.js';
import { t } from '../locale/text.js';
import { useApp } from '../parts/app-context.js';
import { Heading } from '../parts/heading.js';
import { Icon, type IconName } from '../parts/icon.js';
import type { StoredProfile } from '../profiles/stored-profile.js';

const looks: Record<Exclude<Ending, 'locked'>, { icon: IconName; tone: string }> = {
  approved: { icon: 'check', tone: 'good' },
  denied: { icon: 'check', tone: 'good' },
  'not-me': { icon: 'block', tone: 'bad' },
  over: { icon: 'alert', tone: '' },
  killed: { icon: 'alert', tone: 'bad' },
  unclear: { icon: 'alert', tone: '' },
};

export function ApprovalEnd(props: {
  ending: Exclude<Ending, 'locked'>;
  service: string;
  profile: StoredProfile;
}) {
  const { ending, service } = props;
  const app = useApp();
  const { icon, tone } = looks[ending];
  const values = { service, organisation: props.profile.organisation };
  return (
    <div class="stack ending">
      <span class={`tile large ${tone}`}>
        <Icon name={icon} size={28} />
      </span>
      <div>
        <Heading>{t(`end.${ending}.title`)}</Heading>
        <p class="lead">{t(`end.${ending}.lead`, values)}</p>
      </div>
      {ending === 'approved' && app.platform.kind !== 'other' ? (
        <p class="note">{t('end.approved.same-phone')}</p>
      ) : null}
      {ending === 'not-me' ? <p>{t('end.not-me.advice')}</p> : null}
      <button type="button" class="button primary" onClick={() => app.go({ at: 'home' })}>
        {t('end.close')}
      </button>
    </div>
  );
}
