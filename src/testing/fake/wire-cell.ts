import { isJsonObject, type Json } from '../../call/json.ts';
import type { JsonRow, TableField, WireRow, WireValue } from '../stand-in/engine/engine.ts';
import { microsecondsOf } from './timestamp.ts';

/** A value that does not fit its column. */
export class BadCell extends Error {
  readonly location: string;

  constructor(location: string, message: string) {
    super(message);
    this.location = location;
  }
}

/** A row of JSON as REST answers it. Columns that the schema does not name are refused unless ignored. */
export function wireRow(schema: readonly TableField[], row: JsonRow, ignoreUnknown = false): WireRow {
  const known = new Set(schema.map(({ name }) => name.toLowerCase()));
  const unknown = Object.keys(row).find((name) => !known.has(name.toLowerCase()));
  if (unknown !== undefined && !ignoreUnknown) throw new BadCell(unknown, `no such field: ${unknown}.`);
  const byName = new Map(Object.entries(row).map(([name, value]) => [name.toLowerCase(), value]));
  const cell = (field: TableField): WireValue =>
    wireValue(field, byName.get(field.name.toLowerCase()) ?? null);
  return { f: schema.map((field) => ({ v: cell(field) })) };
}

function wireValue(field: TableField, value: Json): WireValue {
  if (field.mode === 'REPEATED') return repeated(field, value);
  if (value === null && field.mode === 'REQUIRED') {
    throw new BadCell(field.name, `Missing required field: ${field.name}.`);
  }
  if (value === null) return null;
  return field.type === 'RECORD' ? record(field, value) : scalar(field, value);
}

function repeated(field: TableField, value: Json): WireValue {
  if (value === null) return [];
  if (!isList(value)) throw new BadCell(field.name, 'Array specified for non-repeated field.');
  return value.map((item) => ({ v: wireValue({ ...field, mode: 'REQUIRED' }, item) }));
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

function record(field: TableField, value: Json): WireValue {
  if (!isJsonObject(value)) throw new BadCell(field.name, 'This field is a record.');
  const row = Object.fromEntries(Object.entries(value).map(([name, item]) => [name, item ?? null]));
  return wireRow(field.fields ?? [], row);
}

type Convert = (value: Json) => string | undefined;

const text: Convert = (value) => (typeof value === 'string' ? value : undefined);
const matching =
  (pattern: RegExp): Convert =>
  (value) => {
    const written = typeof value === 'number' ? String(value) : text(value);
    return written !== undefined && pattern.test(written) ? written : undefined;
  };
const truth: Convert = (value) => matching(/^(true|false)$/i)(value)?.toLowerCase();
const decimal = matching(/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i);

const converters: Readonly<Record<string, Convert>> = {
  STRING: (value) => (typeof value === 'object' ? undefined : String(value)),
  BYTES: matching(/^[A-Za-z0-9+/_-]*={0,2}$/),
  INTEGER: matching(/^[+-]?\d{1,19}$/),
  FLOAT: matching(/^([+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?|NaN|[+-]?Infinity|[+-]?inf)$/i),
  NUMERIC: decimal,
  BIGNUMERIC: decimal,
  BOOLEAN: (value) => (typeof value === 'boolean' ? String(value) : truth(value)),
  TIMESTAMP: (value) =>
    typeof value === 'string' || typeof value === 'number' ? microsecondsOf(value) : undefined,
  DATE: matching(/^\d{4}-\d{1,2}-\d{1,2}$/),
  JSON: (value) => (typeof value === 'string' ? value : JSON.stringify(value)),
};

function scalar(field: TableField, value: Json): string {
  const converted = (converters[field.type] ?? text)(value);
  if (converted !== undefined) return converted;
  throw new BadCell(field.name, `Cannot convert value to ${field.type.toLowerCase()}.`);
}
