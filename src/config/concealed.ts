import { inspect } from 'node:util';

/**
 * Makes an object show `[secret]` in place of the named values when it is logged, inspected or turned into JSON.
 * Code that reads the values by name sees them as they are.
 */
export function concealed<Value extends object>(value: Value, secrets: readonly string[]): Value {
  const shown = () =>
    Object.fromEntries(
      Object.entries(value).map(([key, item]) => [key, secrets.includes(key) ? '[secret]' : item]),
    );
  return Object.defineProperties(value, {
    toJSON: { value: shown, enumerable: false },
    [inspect.custom]: { value: shown, enumerable: false },
  });
}
