import { isJsonObject, type Json, type JsonObject } from '../../call/json.ts';
import { invalid } from './rest-error.ts';

/** Readers of one field of a request body: the value in its type, `undefined` if absent, else 400. */
export function objectAt(source: JsonObject | undefined, name: string): JsonObject | undefined {
  const value = present(source, name);
  if (value === undefined || isJsonObject(value)) return value;
  throw invalidValue(name, value);
}

export function listAt(source: JsonObject | undefined, name: string): readonly Json[] | undefined {
  const value = present(source, name);
  if (value === undefined || isList(value)) return value;
  throw invalidValue(name, value);
}

export function objectsAt(source: JsonObject | undefined, name: string): readonly JsonObject[] {
  return (listAt(source, name) ?? []).map((item) => {
    if (isJsonObject(item)) return item;
    throw invalidValue(name, item);
  });
}

export function textAt(source: JsonObject | undefined, name: string): string | undefined {
  const value = present(source, name);
  if (value === undefined || typeof value === 'string') return value;
  throw invalidValue(name, value);
}

export function requiredText(source: JsonObject | undefined, name: string): string {
  const value = textAt(source, name);
  if (value === undefined || value === '') throw invalid(`Required parameter is missing: ${name}`);
  return value;
}

/** Google's JSON accepts the texts "true" and "false" for a flag, and so do query strings. */
export function flagAt(source: JsonObject | undefined, name: string): boolean | undefined {
  const value = present(source, name);
  if (value === undefined || typeof value === 'boolean') return value;
  const text = typeof value === 'string' ? value.toLowerCase() : '';
  if (text === 'true' || text === 'false') return text === 'true';
  throw invalidValue(name, value);
}

/** A text, or a number or flag as text: how 64-bit fields may come. */
export function scalarAt(source: JsonObject | undefined, name: string): string | undefined {
  const value = present(source, name);
  if (value === undefined || typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw invalidValue(name, value);
}

/** A whole number ≥ 0; 64-bit fields come as text. */
export function countAt(source: JsonObject | undefined, name: string): number | undefined {
  const value = present(source, name);
  if (value === undefined) return undefined;
  const count = typeof value === 'string' && /^\d{1,16}$/.test(value) ? Number(value) : value;
  if (typeof count === 'number' && Number.isSafeInteger(count) && count >= 0) return count;
  throw invalidValue(name, value);
}

function present(source: JsonObject | undefined, name: string): Json | undefined {
  const value = source?.[name];
  return value === null ? undefined : value;
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

function invalidValue(name: string, value: Json): Error {
  const kind = value === null ? 'null' : Array.isArray(value) ? 'list' : typeof value;
  return invalid(`Invalid value for ${name}: not of the expected type (got ${kind}).`);
}
