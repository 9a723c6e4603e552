import type { RefObject } from 'preact';
import { useEffect } from 'preact/hooks';
import type { PinEntries } from '../app/updates.js';

// A text field that looks like a password field: browsers offer to save what is typed into real ones, and a PIN is never saved.
const kind = CSS.supports('-webkit-text-security', 'disc')
  ? { type: 'text' as const }
  : { type: 'password' as const };

/**
 * One PIN, typed into a field of the page and nowhere else: what is read from the field is never part of the app's state.
 * While it is on the screen, no update replaces the app.
 */
export function PinField(props: {
  id: string;
  label: string;
  hint?: string;
  fault?: string | null;
  field: RefObject<HTMLInputElement | null>;
  entries: PinEntries;
  disabled?: boolean;
}) {
  const { id, hint, fault } = props;
  useEffect(() => props.entries.opened(), [props.entries]);
  const described = [fault ? `${id}-fault` : '', hint ? `${id}-hint` : '']
    .filter(Boolean)
    .join(' ');
  return (
    <div>
      <label for={id}>{props.label}</label>
      <input
        id={id}
        ref={props.field}
        class="pin"
        {...kind}
        inputMode="numeric"
        autocomplete="off"
        autocorrect="off"
        autocapitalize="off"
        spellcheck={false}
        enterkeyhint="done"
        maxLength={24}
        required
        disabled={props.disabled ?? false}
        aria-invalid={fault ? 'true' : undefined}
        aria-describedby={described || undefined}
      />
      {fault ? (
        <p class="hint fault" id={`${id}-fault`}>
          {fault}
        </p>
      ) : null}
      {hint ? (
        <p class="hint" id={`${id}-hint`}>
          {hint}
        </p>
      ) : null}
    </div>
  );
}

/** Reads the field and empties it. */
export function takePin(field: HTMLInputElement | null): string {
  const pin = field?.value ?? '';
  if (field !== null) field.value = '';
  return pin;
}
