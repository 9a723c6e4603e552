import type { z } from 'zod';
import { definitionOf, noteOf, shapeOf, unwrap } from './schema-tree.js';

export interface KeyDescription {
  /** `session.idle`. */
  key: string;
  format: string;
  /** Empty when there is none. */
  default: string;
  description: string;
}

/** Every key of a schema with what its notes say, sections before what is in them. */
export function describeKeys(schema: z.ZodType, above = ''): KeyDescription[] {
  return Object.entries(shapeOf(schema) ?? {}).flatMap(([name, part]) => {
    const key = `${above}${name}`;
    const element = definitionOf(unwrap(part)).element;
    const inner = element === undefined ? describeKeys(part, `${key}.`) : [];
    const listed = element === undefined ? [] : describeKeys(element, `${key}[].`);
    return [describeKey(key, part), ...inner, ...listed];
  });
}

/** A Markdown table. */
export function keyTable(keys: readonly KeyDescription[]): string {
  const rows = keys.map((key) => [
    `\`${key.key}\``,
    key.format,
    key.default === '' ? '' : `\`${key.default}\``,
    key.description,
  ]);
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`;
  return [
    line(['Key', 'What to write', 'Default', 'Meaning']),
    line(['---', '---', '---', '---']),
    ...rows.map(line),
  ].join('\n');
}

function describeKey(key: string, schema: z.ZodType): KeyDescription {
  const description = noteOf(schema, 'description');
  return {
    key,
    format: formatOf(schema),
    default: defaultOf(schema),
    description: typeof description === 'string' ? description : '',
  };
}

function formatOf(schema: z.ZodType): string {
  const noted = noteOf(schema, 'format');
  if (typeof noted === 'string') return noted;
  const core = unwrap(schema);
  const { type, element, entries } = definitionOf(core);
  if (type === 'enum' && entries !== undefined) return Object.values(entries).join(' or ');
  if (type === 'array' && element !== undefined) {
    return shapeOf(element) === null ? `list of ${formatOf(element)}` : 'list of sections';
  }
  const names: Record<string, string> = {
    object: 'section',
    record: 'section of free keys',
    string: 'text',
    number: 'number',
    boolean: 'true or false',
  };
  return names[type] ?? type;
}

function defaultOf(schema: z.ZodType): string {
  const definition = definitionOf(schema);
  const hasDefault = definition.type === 'default' || definition.type === 'prefault';
  if (!hasDefault) {
    return definition.innerType === undefined ? '' : defaultOf(definition.innerType);
  }
  const value = definition.defaultValue;
  if (shapeOf(schema) !== null && JSON.stringify(value) === '{}') return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
