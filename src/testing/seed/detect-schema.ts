import type { TableField } from '../stand-in/engine/engine.ts';
import type { Row } from './json-row.ts';

/** The schema that rows of plain values have: whole numbers are INTEGER, dates TIMESTAMP, buffers BYTES. */
export function detectSchema(rows: readonly Row[]): readonly TableField[] {
  const names = new Set(rows.flatMap((row) => Object.keys(row)));
  return [...names].map((name) =>
    detectField(
      name,
      rows.map((row) => row[name]),
    ),
  );
}

function detectField(name: string, values: readonly unknown[]): TableField {
  const present = values.filter((value) => value !== null && value !== undefined);
  const lists = present.filter(Array.isArray);
  if (lists.length > 0) return { ...detectField(name, lists.flat()), mode: 'REPEATED' };
  const types = new Set(present.map(typeOf));
  if (types.has('RECORD')) {
    return { name, type: 'RECORD', mode: 'NULLABLE', fields: detectSchema(present.filter(isRow)) };
  }
  const only = types.size === 1 ? [...types][0] : undefined;
  const isNumber = types.size === 2 && types.has('INTEGER') && types.has('FLOAT');
  return { name, type: only ?? (isNumber ? 'FLOAT' : 'STRING'), mode: 'NULLABLE' };
}

const valueClasses: Readonly<Record<string, string>> = {
  Big: 'NUMERIC',
  BigQueryDate: 'DATE',
  BigQueryDatetime: 'DATETIME',
  BigQueryInt: 'INTEGER',
  BigQueryTime: 'TIME',
  BigQueryTimestamp: 'TIMESTAMP',
  Date: 'TIMESTAMP',
  Geography: 'GEOGRAPHY',
};

function typeOf(value: unknown): string {
  if (typeof value === 'number') return Number.isInteger(value) ? 'INTEGER' : 'FLOAT';
  if (typeof value === 'bigint') return 'INTEGER';
  if (typeof value === 'boolean') return 'BOOLEAN';
  if (value instanceof Uint8Array) return 'BYTES';
  if (isRow(value)) return 'RECORD';
  return typeof value === 'object' && value !== null
    ? (valueClasses[value.constructor.name] ?? 'STRING')
    : 'STRING';
}

function isRow(value: unknown): value is Row {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}
