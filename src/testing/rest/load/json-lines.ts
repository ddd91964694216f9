import { isJsonObject } from '../../../call/json.ts';
import type { JsonRow, TableField } from '../../stand-in/engine/engine.ts';
import { detectFields } from './detect-fields.ts';
import type { LoadedRows } from './run-load.ts';

/** One JSON object a line; empty lines are skipped. */
export function readJsonLines(text: string, schema: readonly TableField[] | undefined): LoadedRows {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const read = lines.map(readLine);
  const rows = read.filter((row) => row !== undefined);
  return { rows, schema: schema ?? detectFields(rows), badRecords: read.length - rows.length };
}

function readLine(line: string): JsonRow | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return isJsonObject(value) ? withoutUndefined(value) : undefined;
  } catch {
    return undefined;
  }
}

function withoutUndefined(value: object): JsonRow {
  return Object.fromEntries(Object.entries(value));
}
