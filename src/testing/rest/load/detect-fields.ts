import { isJsonObject, type Json } from '../../../call/json.ts';
import type { TableField } from '../../stand-in/engine/engine.ts';
import { supertypeOf, typeOfText } from './detect-type.ts';

/** The fields of rows that came without a schema, in the order in which they first appear. */
export function detectFields(
  rows: readonly Readonly<Record<string, Json | undefined>>[],
): readonly TableField[] {
  const names = new Set(rows.flatMap((row) => Object.keys(row)));
  return [...names].map((name) =>
    detectField(
      name,
      rows.map((row) => row[name] ?? null),
    ),
  );
}

function detectField(name: string, values: readonly Json[]): TableField {
  const lists = values.filter(isList);
  if (lists.length > 0) return { ...detectField(name, lists.flat()), mode: 'REPEATED' };
  const objects = values.filter(isJsonObject);
  if (objects.length > 0) return { name, type: 'RECORD', mode: 'NULLABLE', fields: detectFields(objects) };
  const types = values.filter((value) => value !== null).map(typeOf);
  return { name, type: supertypeOf(types), mode: 'NULLABLE' };
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

function typeOf(value: Json): string {
  if (typeof value === 'boolean') return 'BOOLEAN';
  if (typeof value === 'number') return Number.isInteger(value) ? 'INTEGER' : 'FLOAT';
  return typeof value === 'string' ? typeOfText(value) : 'STRING';
}
