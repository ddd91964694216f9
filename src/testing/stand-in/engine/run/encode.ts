import { assertNever } from '../../../../sql/assert-never.ts';
import type { DuckDBValue } from '@duckdb/node-api';
import { EngineError, invalidQuery, unsupported } from '../engine-error.ts';
import { formatTime } from '../native/format-time.ts';
import { dropZeros } from '../native/number.ts';
import { physicalField } from '../type/physical-type.ts';
import type { ScalarName, SqlType } from '../type/sql-type.ts';
import type { WireCell, WireValue } from '../wire.ts';

/** A value as BigQuery's REST interface writes it. */
export function encodeCell(value: DuckDBValue, type: SqlType, name: string): WireCell {
  return { v: encode(value, type, name) };
}

function encode(value: DuckDBValue, type: SqlType, name: string): WireValue {
  if (type.kind === 'array') return encodeArray(value, type.element, name);
  if (value === null || type.kind === 'null') return null;
  return type.kind === 'struct' ? encodeStruct(value, type, name) : encodeScalar(value, type.name);
}

function encodeArray(value: DuckDBValue, element: SqlType, name: string): readonly WireCell[] {
  if (value === null) return [];
  if (typeof value !== 'object' || !('items' in value)) throw misfit('ARRAY');
  return value.items.map((item) => {
    if (item === null) throw invalidQuery(`Array cannot have a null element; error in writing field ${name}`);
    return encodeCell(item, element, name);
  });
}

function encodeStruct(
  value: DuckDBValue,
  type: Extract<SqlType, { kind: 'struct' }>,
  name: string,
): WireValue {
  if (typeof value !== 'object' || value === null || !('entries' in value) || Array.isArray(value.entries))
    throw misfit('STRUCT');
  const entries: Readonly<Record<string, DuckDBValue>> = Object.fromEntries(Object.entries(value.entries));
  return {
    f: type.fields.map((field, index) =>
      encodeCell(entries[physicalField(index)] ?? null, field.type, field.name ?? name),
    ),
  };
}

function misfit(type: string): EngineError {
  return new EngineError('internalError', `The stand-in computed a value that is not of type ${type}`);
}

function encodeScalar(value: DuckDBValue, name: ScalarName): string {
  const text = scalarText(value, name);
  if (text === undefined) throw misfit(name);
  return text;
}

function scalarText(value: DuckDBValue, name: ScalarName): string | undefined {
  switch (name) {
    case 'INT64':
      return typeof value === 'bigint' || typeof value === 'number' ? String(value) : undefined;
    case 'BOOL':
      return typeof value === 'boolean' ? String(value) : undefined;
    case 'FLOAT64':
      return typeof value === 'number' ? floatText(value) : undefined;
    case 'STRING':
    case 'JSON':
    case 'GEOGRAPHY':
      return typeof value === 'string' ? value : undefined;
    case 'NUMERIC':
    case 'BIGNUMERIC':
    case 'BYTES':
    case 'DATE':
    case 'DATETIME':
    case 'TIME':
    case 'TIMESTAMP':
    case 'INTERVAL':
      return typeof value === 'object' && value !== null ? objectText(value, name) : undefined;
    default:
      return assertNever(name);
  }
}

function floatText(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  const text = String(value);
  return /^-?[0-9]+$/.test(text) ? `${text}.0` : text.replace('e', 'E');
}

function objectText(
  value: Exclude<DuckDBValue, string | number | bigint | boolean | null>,
  name: ScalarName,
): string | undefined {
  if (name === 'NUMERIC' || name === 'BIGNUMERIC')
    return 'scale' in value ? dropZeros(value.toString()) : undefined;
  if (name === 'BYTES') return 'bytes' in value ? Buffer.from(value.bytes).toString('base64') : undefined;
  if (name === 'DATE')
    return 'days' in value && !('months' in value)
      ? dated(BigInt(value.days) * 86_400_000_000n, '%E4Y-%m-%d')
      : undefined;
  if (name === 'INTERVAL')
    return 'months' in value ? intervalText(value.months, value.days, value.micros) : undefined;
  if (!('micros' in value)) return undefined;
  if (name === 'TIMESTAMP') return checked(value.micros).toString();
  if (name === 'DATETIME') return dated(value.micros, '%E4Y-%m-%dT%H:%M:%S') + fraction(value.micros);
  return dated(value.micros, '%E4Y-%m-%dT%H:%M:%S').slice(11) + fraction(value.micros);
}

const firstMicros = -62_135_596_800_000_000n;
const lastMicros = 253_402_300_799_999_999n;

/** BigQuery knows the years 1 to 9999 only. */
function checked(micros: bigint): bigint {
  if (micros < firstMicros || micros > lastMicros)
    throw invalidQuery('Date or timestamp value is out of range: years 1 to 9999');
  return micros;
}

function dated(micros: bigint, format: string): string {
  return formatTime(format, checked(micros), 'UTC', 'DATETIME');
}

function fraction(micros: bigint): string {
  const rest = ((micros % 1_000_000n) + 1_000_000n) % 1_000_000n;
  return rest === 0n ? '' : `.${String(rest).padStart(6, '0')}`;
}

const sign = (negative: boolean): string => (negative ? '-' : '');

/** `Y-M D H:M:S`. */
function intervalText(months: number, days: number, micros: bigint): string {
  const size = Math.abs(months);
  const clock = micros < 0n ? -micros : micros;
  const seconds = clock / 1_000_000n;
  const minutes = String((seconds / 60n) % 60n);
  if (seconds / 3600n > 87_840_000n) throw unsupported('an INTERVAL of this size');
  const rest = clock % 1_000_000n;
  const tail = rest === 0n ? '' : `.${String(rest).padStart(6, '0').replace(/0+$/, '')}`;
  return `${sign(months < 0)}${Math.floor(size / 12)}-${size % 12} ${days} ${sign(micros < 0n)}${seconds / 3600n}:${minutes}:${seconds % 60n}${tail}`;
}
