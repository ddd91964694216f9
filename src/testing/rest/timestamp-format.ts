import type { JsonObject } from '../../call/json.ts';
import type { TableField } from '../stand-in/engine/table.ts';
import type { WireCell, WireRow, WireValue } from '../stand-in/engine/wire.ts';
import { flagAt, textAt } from './fields.ts';
import { invalid } from './rest-error.ts';

/** How `TIMESTAMP` cells leave: seconds as a float (BigQuery's default), microseconds, or ISO 8601. */
export type TimestampFormat = 'FLOAT64' | 'INT64' | 'ISO8601_STRING';

/** Reads `formatOptions` of a body (`prefix` empty) or `formatOptions.…` of a query string. */
export function timestampFormat(options: JsonObject | undefined, prefix = ''): TimestampFormat {
  const named = textAt(options, `${prefix}timestampOutputFormat`) ?? 'TIMESTAMP_OUTPUT_FORMAT_UNSPECIFIED';
  if (named === 'FLOAT64' || named === 'INT64' || named === 'ISO8601_STRING') return named;
  if (named !== 'TIMESTAMP_OUTPUT_FORMAT_UNSPECIFIED')
    throw invalid('Invalid value for timestampOutputFormat');
  return flagAt(options, `${prefix}useInt64Timestamp`) === true ? 'INT64' : 'FLOAT64';
}

/** Rows whose timestamps are microseconds, as the engine has them, in the format that was asked for. */
export function formatTimestamps(
  schema: readonly TableField[],
  rows: readonly WireRow[],
  format: TimestampFormat,
): readonly WireRow[] {
  if (format === 'INT64' || !schema.some(holdsTimestamp)) return rows;
  return rows.map((row) => formatRow(schema, row, format));
}

function holdsTimestamp(field: TableField): boolean {
  return isTimestamp(field) || field.type === 'RANGE' || (field.fields ?? []).some(holdsTimestamp);
}

function isTimestamp(field: TableField): boolean {
  return field.type === 'TIMESTAMP';
}

function formatRow(schema: readonly TableField[], row: WireRow, format: TimestampFormat): WireRow {
  const cells = row.f.map((cell, index): WireCell => {
    const field = schema[index];
    return field === undefined || !holdsTimestamp(field) ? cell : { v: formatValue(field, cell.v, format) };
  });
  return { f: cells };
}

function formatValue(field: TableField, value: WireValue, format: TimestampFormat): WireValue {
  if (value === null) return null;
  if (typeof value === 'string') return formatScalar(field, value, format);
  if ('f' in value) return formatRow(field.fields ?? [], value, format);
  return value.map((cell) => ({ v: formatValue(field, cell.v, format) }));
}

function formatScalar(field: TableField, value: string, format: TimestampFormat): string {
  if (isTimestamp(field)) return formatMicroseconds(value, format);
  if (field.type !== 'RANGE') return value;
  return value.replaceAll(/(?<=[[ ])-?\d+(?=[,)])/g, (part) => formatMicroseconds(part, format));
}

function formatMicroseconds(text: string, format: TimestampFormat): string {
  if (!/^-?\d+$/.test(text)) return text;
  return format === 'ISO8601_STRING' ? isoText(BigInt(text)) : floatText(Number(text) / 1e6);
}

function isoText(microseconds: bigint): string {
  const fraction = ((microseconds % 1_000_000n) + 1_000_000n) % 1_000_000n;
  const milliseconds = Number((microseconds - fraction) / 1000n);
  const seconds = new Date(milliseconds).toISOString().slice(0, -5);
  return `${seconds}.${String(fraction).padStart(6, '0')}000000Z`;
}

/** As Java prints a double, which is what BigQuery sends: `1.4084522E9`, `0.0`. */
function floatText(seconds: number): string {
  const size = Math.abs(seconds);
  if (seconds !== 0 && (size >= 1e7 || size < 1e-3)) {
    const [digits = '', exponent = ''] = seconds.toExponential().split('e');
    return `${withPoint(digits)}E${exponent.replace('+', '')}`;
  }
  return withPoint(String(seconds));
}

function withPoint(digits: string): string {
  return digits.includes('.') ? digits : `${digits}.0`;
}
