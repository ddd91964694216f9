import type { Json, JsonObject } from '../../call/json.ts';
import { isJsonObject } from '../../call/json.ts';
import type { CatalogColumn } from '../../sql/catalog.ts';
import type { ColumnMask } from '../policy/decision.ts';
import { masks as maskFunctions, type Mask, type ScalarType } from './masks/index.ts';

/** Masks one cell of a REST answer, `{ v: … }`. */
type CellMask = (value: Json) => Json;

/**
 * Makes the function that masks rows of `tabledata.list`, `{ f: [{ v }] }`, by the position of their columns.
 * A row of another width is not masked but refused: it is not of the schema that was judged.
 */
export function rowMask(
  columns: readonly CatalogColumn[],
  masks: readonly ColumnMask[],
): (row: Json) => JsonObject {
  const cells = columns.map((column) => cellMask(column, [], masks));
  return (row) => {
    const fields = isJsonObject(row) ? row['f'] : undefined;
    if (!Array.isArray(fields) || fields.length !== cells.length) throw new RowShapeError();
    return { f: fields.map((field: Json, index) => ({ v: maskField(field, cells[index]) })) };
  };
}

export class RowShapeError extends Error {
  override readonly name = 'RowShapeError';
}

function maskField(field: Json, mask: CellMask | undefined): Json {
  if (!isJsonObject(field) || field['v'] === undefined || mask === undefined) throw new RowShapeError();
  return mask(field['v']);
}

function cellMask(column: CatalogColumn, parents: readonly string[], masks: readonly ColumnMask[]): CellMask {
  const path = [...parents, column.name];
  const single = singleMask(column, path, masks);
  if (column.mode !== 'REPEATED') return single;
  const own = maskOf(path, masks);
  return (value) => {
    if (own?.empties === true) return [];
    if (!Array.isArray(value)) throw new RowShapeError();
    return value.map((element: Json) => ({ v: maskField(element, single) }));
  };
}

function singleMask(column: CatalogColumn, path: readonly string[], masks: readonly ColumnMask[]): CellMask {
  const own = maskOf(path, masks);
  if (own !== undefined) return (value) => maskValue(own, value, scalarType(column.type));
  if (column.fields === undefined || column.fields.length === 0) return (value) => value;
  const fields = column.fields.map((field) => cellMask(field, path, masks));
  return (value) => {
    if (value === null) return null;
    const cells = isJsonObject(value) ? value['f'] : undefined;
    if (!Array.isArray(cells) || cells.length !== fields.length) throw new RowShapeError();
    return { f: cells.map((cell: Json, index) => ({ v: maskField(cell, fields[index]) })) };
  };
}

function maskOf(path: readonly string[], masks: readonly ColumnMask[]): Mask | undefined {
  const name = path.join('.').toLowerCase();
  const found = masks.find((mask) => mask.path.join('.').toLowerCase() === name);
  return found === undefined ? undefined : maskFunctions[found.with];
}

function maskValue(mask: Mask, value: Json, type: ScalarType): Json {
  if (value === null) return mask.replacesNull ? mask.cell('', type) : null;
  if (typeof value !== 'string' || !mask.types.includes(type)) return null;
  return mask.cell(value, type);
}

/** GoogleSQL's and REST's names for the same types. */
const types: Readonly<Record<string, ScalarType>> = {
  STRING: 'STRING',
  BYTES: 'BYTES',
  INT64: 'INT64',
  INTEGER: 'INT64',
  FLOAT64: 'FLOAT64',
  FLOAT: 'FLOAT64',
  NUMERIC: 'NUMERIC',
  BIGNUMERIC: 'BIGNUMERIC',
  BOOL: 'BOOL',
  BOOLEAN: 'BOOL',
  DATE: 'DATE',
  DATETIME: 'DATETIME',
  TIME: 'TIME',
  TIMESTAMP: 'TIMESTAMP',
  GEOGRAPHY: 'GEOGRAPHY',
  JSON: 'JSON',
  INTERVAL: 'INTERVAL',
  RANGE: 'RANGE',
};

/** A type that is not known is treated as one that only nullify fits. */
export function scalarType(type: string): ScalarType {
  return types[type.replace(/[(<].*$/s, '').toUpperCase()] ?? 'RANGE';
}
