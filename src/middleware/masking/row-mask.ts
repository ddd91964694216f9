import type { Json, JsonObject } from '../../call/json.ts';
import { isJsonObject } from '../../call/json.ts';
import type { CatalogColumn } from '../../sql/catalog.ts';
import type { ColumnMask } from '../policy/decision.ts';
import type { MaskChoice } from '../policy/mask-choice.ts';
import { fittingMask, type MakeMask } from './fitting-mask.ts';
import type { Mask } from './masks/index.ts';
import { scalarType } from './scalar-type.ts';

/** Treats one cell of a REST answer, `{ v: … }`. */
export type CellMask = (value: Json) => Json;

/** What is done to the values of one masked column. */
export interface Leaf {
  /** To the whole of a repeated column; where absent, each element is treated. */
  readonly array?: CellMask;
  readonly value: CellMask;
}

/** Finds what is done to a column by its path; `undefined` where it stays as it is. */
export type LeafOf = (column: CatalogColumn, path: readonly string[]) => Leaf | undefined;

/**
 * Makes the function that masks rows of `tabledata.list`, `{ f: [{ v }] }`, by the position of their columns.
 * A row of another width is not masked but refused: it is not of the schema that was judged.
 */
export function rowMask(
  columns: readonly CatalogColumn[],
  masks: readonly ColumnMask[],
  make: MakeMask,
): (row: Json) => JsonObject {
  const leafOf: LeafOf = (column, path) => {
    const found = masks.find((mask) => isPath(mask.path, path));
    return found === undefined ? undefined : maskingLeaf(column, found, make);
  };
  const cells = columns.map((column) => cellMask(column, [column.name], leafOf));
  return (row) => {
    const fields = cellsOf(row, cells.length);
    return { f: fields.map((field, index) => ({ v: maskField(field, cells[index]) })) };
  };
}

export class RowShapeError extends Error {
  override readonly name = 'RowShapeError';
}

export function cellsOf(row: Json, width: number): readonly Json[] {
  const fields = isJsonObject(row) ? row['f'] : undefined;
  if (!Array.isArray(fields) || fields.length !== width) throw new RowShapeError();
  return fields;
}

export function valueOf(field: Json | undefined): Json {
  if (field === undefined || !isJsonObject(field) || field['v'] === undefined) throw new RowShapeError();
  return field['v'];
}

function maskField(field: Json, mask: CellMask | undefined): Json {
  if (mask === undefined) throw new RowShapeError();
  return mask(valueOf(field));
}

export function cellMask(column: CatalogColumn, path: readonly string[], leafOf: LeafOf): CellMask {
  const leaf = leafOf(column, path);
  const single = leaf?.value ?? recordMask(column, path, leafOf);
  if (column.mode !== 'REPEATED') return single;
  return (value) => {
    if (leaf?.array !== undefined) return leaf.array(value);
    if (value === null) return [];
    if (!Array.isArray(value)) throw new RowShapeError();
    return value.map((element: Json) => ({ v: maskField(element, single) }));
  };
}

function recordMask(column: CatalogColumn, path: readonly string[], leafOf: LeafOf): CellMask {
  if (column.fields === undefined || column.fields.length === 0) return (value) => value;
  const fields = column.fields.map((field) => cellMask(field, [...path, field.name], leafOf));
  return (value) => {
    if (value === null) return null;
    const cells = cellsOf(value, fields.length);
    return { f: cells.map((cell, index) => ({ v: maskField(cell, fields[index]) })) };
  };
}

export function isPath(path: readonly string[], other: readonly string[]): boolean {
  return path.join('.').toLowerCase() === other.join('.').toLowerCase();
}

export function maskingLeaf(column: CatalogColumn, choice: MaskChoice, make: MakeMask): Leaf {
  const mask = fittingMask(choice, column, make);
  const type = scalarType(column.type);
  return {
    ...(mask.empties && { array: () => [] }),
    value: (value) => maskValue(mask, value, type),
  };
}

function maskValue(mask: Mask, value: Json, type: ReturnType<typeof scalarType>): Json {
  if (value === null) return mask.replacesNull ? mask.cell('', type) : null;
  return typeof value === 'string' ? mask.cell(value, type) : null;
}
