import type { ComponentChildren } from 'preact';
import { Icon, type IconName } from './icon.js';

const icons = { bad: 'alert', good: 'check', plain: 'phone' } as const;

/** What happened, told to screen readers when it appears. */
export const Message = (props: {
  kind: 'bad' | 'good' | 'plain';
  icon?: IconName;
  children: ComponentChildren;
}) => (
  <div class={`message ${props.kind}`} role={props.kind === 'bad' ? 'alert' : 'status'}>
    <Icon name={props.icon ?? icons[props.kind]} />
    <div>{props.children}</div>
  </div>
);

/** Advice that was there from the start. */
export const Advice = (props: { icon: IconName; children: ComponentChildren }) => (
  <div class="message">
    <Icon name={props.icon} />
    <div>{props.children}</div>
  </div>
);
