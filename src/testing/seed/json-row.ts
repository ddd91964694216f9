import type { Json } from '../../call/json.ts';
import type { JsonRow } from '../stand-in/engine/wire.ts';

/** A row as a test writes it: plain values, dates, buffers, bigints, the official client's value classes. */
export type Row = Readonly<Record<string, unknown>>;

export function jsonRow(row: Row): JsonRow {
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, jsonValue(value)]));
}

function jsonValue(value: unknown): Json {
  if (value === null || value === undefined) return null;
  if (typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (typeof value === 'bigint') return String(value);
  return typeof value === 'object' ? jsonObject(value) : null;
}

function jsonObject(value: object): Json {
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (Array.isArray(value)) return value.map(jsonValue);
  if (Object.getPrototypeOf(value) === Object.prototype) return jsonRow({ ...value });
  return 'value' in value ? jsonValue(value.value) : JSON.stringify(value).replaceAll('"', '');
}
