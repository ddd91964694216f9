import { assertNever } from '../../../../sql/assert-never.ts';
import type { DuckDBType, DuckDBValue } from '@duckdb/node-api';
import { isJsonObject, type Json } from '../../../../call/json.ts';
import type { Database, Row } from '../duckdb/database.ts';
import { normalJson, parseJson, printJson } from '../native/json-value.ts';
import { parseDecimal } from '../native/number.ts';
import { castTime } from '../native/time.ts';
import type { StoredTable } from '../store/stored-table.ts';
import type { TableField } from '../table.ts';
import { fieldSqlType } from '../type/field-type.ts';
import { physicalField } from '../type/physical-type.ts';
import type { ScalarName, SqlType } from '../type/sql-type.ts';
import type { JsonRow } from '../wire.ts';

type Module = Database['module'];

/** A fault of one value in a row, with the path of the field. */
export class RowFault extends Error {
  readonly path: string;

  constructor(path: string, message: string) {
    super(message);
    this.path = path;
  }
}

export function rowTypes(module: Module, table: StoredTable): readonly DuckDBType[] {
  return table.columns.map(({ field }) => duckType(module, fieldSqlType(field)));
}

function duckType(module: Module, type: SqlType): DuckDBType {
  if (type.kind === 'array') return module.LIST(duckType(module, type.element));
  if (type.kind === 'null') return module.BIGINT;
  if (type.kind === 'struct') {
    return module.STRUCT(
      Object.fromEntries(
        type.fields.map((field, index) => [physicalField(index), duckType(module, field.type)]),
      ),
    );
  }
  return scalarType(module, type.name);
}

function scalarType(module: Module, name: ScalarName): DuckDBType {
  switch (name) {
    case 'INT64':
      return module.BIGINT;
    case 'FLOAT64':
      return module.DOUBLE;
    case 'NUMERIC':
      return module.DECIMAL(38, 9);
    case 'BIGNUMERIC':
      return module.DECIMAL(38, 18);
    case 'BOOL':
      return module.BOOLEAN;
    case 'BYTES':
      return module.BLOB;
    case 'DATE':
      return module.DATE;
    case 'DATETIME':
      return module.TIMESTAMP;
    case 'TIME':
      return module.TIME;
    case 'TIMESTAMP':
      return module.TIMESTAMPTZ;
    case 'INTERVAL':
      return module.INTERVAL;
    case 'STRING':
    case 'JSON':
    case 'GEOGRAPHY':
      return module.VARCHAR;
    default:
      return assertNever(name);
  }
}

/** A row of JSON as DuckDB values, in the order of the columns. */
export function rowValues(module: Module, table: StoredTable, row: JsonRow, ignoreUnknown: boolean): Row {
  if (!ignoreUnknown) refuseUnknown(row, table.record.schema, '');
  const byName = lowerKeys(row);
  return table.columns.map(({ field }) =>
    fieldValue(module, field, byName.get(field.name.toLowerCase()), field.name),
  );
}

function lowerKeys(row: JsonRow): ReadonlyMap<string, Json | undefined> {
  return new Map(Object.entries(row).map(([name, value]) => [name.toLowerCase(), value]));
}

function refuseUnknown(row: JsonRow, fields: readonly TableField[], prefix: string): void {
  for (const [name, value] of Object.entries(row)) {
    const field = fields.find((candidate) => candidate.name.toLowerCase() === name.toLowerCase());
    if (field === undefined) throw new RowFault(prefix + name, `no such field: ${prefix}${name}.`);
    const items = Array.isArray(value) ? value : [value];
    for (const item of items)
      if (field.fields !== undefined && isJsonObject(item))
        refuseUnknown(item, field.fields, `${prefix}${field.name}.`);
  }
}

function fieldValue(module: Module, field: TableField, value: Json | undefined, path: string): DuckDBValue {
  if (field.mode === 'REPEATED') {
    if (value !== undefined && value !== null && !Array.isArray(value))
      throw new RowFault(path, 'Array specified for non-repeated field.');
    const items: readonly Json[] = Array.isArray(value) ? value : [];
    return module.listValue(items.map((item) => elementValue(module, field, item, path)));
  }
  if (value === undefined || value === null) {
    if (field.mode === 'REQUIRED') throw new RowFault(path, `Missing required field: ${path}.`);
    return null;
  }
  return elementValue(module, field, value, path);
}

function elementValue(module: Module, field: TableField, value: Json, path: string): DuckDBValue {
  if (value === null) throw new RowFault(path, 'Only optional fields can be set to NULL');
  if (field.fields !== undefined) {
    if (!isJsonObject(value)) throw new RowFault(path, 'This field is a record.');
    const byName = lowerKeys(value);
    const entries = field.fields.map((inner, index) => [
      physicalField(index),
      fieldValue(module, inner, byName.get(inner.name.toLowerCase()), `${path}.${inner.name}`),
    ]);
    return module.structValue(Object.fromEntries(entries));
  }
  return scalarField(module, field, value, path);
}

function scalarField(module: Module, field: TableField, value: Json, path: string): DuckDBValue {
  const type = fieldSqlType({ ...field, mode: 'NULLABLE' });
  const name = type.kind === 'scalar' ? type.name : 'STRING';
  try {
    const converted = scalarValue(module, name, value);
    checkLimits(field, converted);
    return converted;
  } catch {
    throw new RowFault(path, `Cannot convert value to ${field.type.toLowerCase()} (bad value).`);
  }
}

function checkLimits({ maxLength }: TableField, value: DuckDBValue): void {
  if (maxLength !== undefined && typeof value === 'string' && Array.from(value).length > Number(maxLength))
    throw new Error('too long');
}

function scalarValue(module: Module, name: ScalarName, value: Json): DuckDBValue {
  if (name === 'JSON') return jsonValue(value);
  const text = scalarText(value);
  switch (name) {
    case 'STRING':
    case 'GEOGRAPHY':
      return text;
    case 'INT64':
      return integerValue(text);
    case 'FLOAT64':
      return floatValue(text);
    case 'NUMERIC':
      return module.decimalValue(unscaled(text, 9), 38, 9);
    case 'BIGNUMERIC':
      return module.decimalValue(unscaled(text, 18), 38, 18);
    case 'BOOL':
      return booleanValue(text);
    case 'BYTES':
      return module.blobValue(bytesValue(text));
    case 'DATE':
      return module.dateValue(Number(castTime(text, 'UTC', 'DATE') / 86_400_000_000n));
    case 'DATETIME':
      return module.timestampValue(castTime(text, 'UTC', 'DATETIME'));
    case 'TIME':
      return module.timeValue(castTime(text, 'UTC', 'TIME'));
    case 'TIMESTAMP':
      return module.timestampTZValue(timestampMicros(value));
    case 'INTERVAL':
      throw new Error('not supported');
    default:
      return assertNever(name);
  }
}

function scalarText(value: Json): string {
  if (typeof value === 'object') throw new Error('not a scalar');
  return String(value);
}

/** A number counts seconds since 1970. */
function timestampMicros(value: Json): bigint {
  const text = scalarText(value).trim();
  if (/^-?[0-9]+(\.[0-9]+)?$/.test(text)) return BigInt(Math.round(Number(text) * 1_000_000));
  return castTime(text, 'UTC', 'TIMESTAMP');
}

function integerValue(text: string): bigint {
  const value = /^-?[0-9]+\.0+$/.test(text) ? BigInt(text.split('.')[0] ?? '') : BigInt(text.trim());
  if (text.trim() === '' || value < -(2n ** 63n) || value >= 2n ** 63n) throw new Error('out of range');
  return value;
}

function floatValue(text: string): number {
  const value = Number(text.replace(/^([+-]?)inf$/i, '$1Infinity'));
  if (text.trim() === '' || Number.isNaN(value)) throw new Error('not a number');
  return value;
}

function unscaled(text: string, scale: number): bigint {
  const value = BigInt(parseDecimal(text, scale, 'NUMERIC').replace('.', ''));
  if (value >= 10n ** 38n || value <= -(10n ** 38n)) throw new Error('out of range');
  return value;
}

function booleanValue(text: string): boolean {
  if (/^(true|t|yes|y|1)$/i.test(text)) return true;
  if (/^(false|f|no|n|0)$/i.test(text)) return false;
  throw new Error('not a boolean');
}

function bytesValue(text: string): Uint8Array {
  if (!/^[A-Za-z0-9+/_-]*={0,2}$/.test(text)) throw new Error('not base64');
  return Buffer.from(text, 'base64');
}

/** A text is read as JSON, which is how the client sends a JSON column; anything else is the value itself. */
function jsonValue(value: Json): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return printJson(normalJson(parseJson(text), true));
}
