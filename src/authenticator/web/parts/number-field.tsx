import { readDigits } from '../pin/pin-rules.js';

/** The number of the sign-in page: one real field, with its digits drawn in boxes. */
export function NumberField(props: {
  label: string;
  hint: string;
  digits: number;
  value: string;
  onInput: (value: string) => void;
  onFull: () => void;
  fault: string | null;
  disabled: boolean;
}) {
  const { digits, value, fault } = props;
  const onInput = (field: HTMLInputElement) => {
    const typed = readDigits(field.value)
      .replace(/[^0-9]/g, '')
      .slice(0, digits);
    field.value = typed;
    props.onInput(typed);
    if (typed.length === digits) props.onFull();
  };
  return (
    <div>
      <label for="number">{props.label}</label>
      <div class={fault === null ? 'boxes' : 'boxes wrong'}>
        {Array.from({ length: digits }, (_, index) => (
          <span
            key={index}
            class={index === Math.min(value.length, digits - 1) ? 'box here' : 'box'}
            aria-hidden="true"
          >
            {value[index] ?? ''}
          </span>
        ))}
        <input
          id="number"
          name="number"
          type="text"
          inputMode="numeric"
          autocomplete="off"
          enterkeyhint="next"
          pattern="[0-9]*"
          required
          value={value}
          disabled={props.disabled}
          onInput={(event) => onInput(event.currentTarget)}
          aria-invalid={fault === null ? undefined : 'true'}
          aria-describedby={fault === null ? 'number-hint' : 'number-fault number-hint'}
        />
      </div>
      {fault === null ? null : (
        <p class="hint fault" id="number-fault">
          {fault}
        </p>
      )}
      <p class="hidden-visually" id="number-hint">
        {props.hint}
      </p>
    </div>
  );
}
