/** A form as a page would post it, fields in order. */
export interface PostedForm {
  action: string;
  fields: readonly (readonly [name: string, value: string])[];
}

/** The field's value; `null` when it is missing or there twice. */
export function fieldOf(form: PostedForm, name: string): string | null {
  const found = form.fields.filter(([one]) => one === name);
  return found.length === 1 ? (found[0]?.[1] ?? null) : null;
}
