import type { AppendOptions, JsonRow, RowError, TableField, WireRow } from '../stand-in/engine/engine.ts';
import { BadCell, wireRow } from './wire-cell.ts';

export interface Appended {
  readonly stored: readonly WireRow[];
  readonly errors: readonly RowError[];
}

/** Converts rows for a table; without `skipInvalidRows` one bad row keeps all others out. */
export function appendTo(
  schema: readonly TableField[],
  rows: readonly JsonRow[],
  { skipInvalidRows = false, ignoreUnknownValues = false }: AppendOptions,
): Appended {
  const converted = rows.map((row) => convert(schema, row, ignoreUnknownValues));
  const bad = converted.flatMap((row, index) => (row instanceof BadCell ? [errorOf(row, index)] : []));
  const good = converted.flatMap((row) => (row instanceof BadCell ? [] : [row]));
  if (bad.length === 0 || skipInvalidRows) return { stored: good, errors: bad };
  const stopped = converted.flatMap((row, index) => (row instanceof BadCell ? [] : [stoppedAt(index)]));
  return { stored: [], errors: [...bad, ...stopped] };
}

function convert(schema: readonly TableField[], row: JsonRow, ignoreUnknown: boolean): WireRow | BadCell {
  try {
    return wireRow(schema, row, ignoreUnknown);
  } catch (error) {
    if (error instanceof BadCell) return error;
    throw error;
  }
}

function errorOf({ location, message }: BadCell, index: number): RowError {
  return { index, errors: [{ reason: 'invalid', location, message }] };
}

function stoppedAt(index: number): RowError {
  return { index, errors: [{ reason: 'stopped', location: '', message: '' }] };
}
