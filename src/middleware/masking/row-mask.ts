import type { Json, JsonObject } from '../../call/json.ts';
import { isJsonObject } from '../../call/json.ts';
import type { CatalogColumn } from '../../sql/catalog.ts';
import type { ColumnMask } from '../policy/decision.ts';
import type { AppliedMask } from '../policy/mask-choice.ts';
import { fittingMask, type MakeMask } from './fitting-mask.ts';
import type { Mask } from './masks/index.ts';
import { scalarType } from './scalar-type.ts';

/** Treats one cell of a REST answer, `{ v: … }`, of the row whose cells are given. */
export type CellMask = (value: Json, row: readonly Json[]) => Json;

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
    return found === undefined ? undefined : maskingLeaf(column, found, make, contextIn(columns, found));
  };
  const cells = columns.map((column) => cellMask(column, [column.name], leafOf));
  return (row) => {
    const fields = cellsOf(row, cells.length);
    return { f: fields.map((field, index) => ({ v: maskField(field, cells[index], fields) })) };
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

function maskField(field: Json, mask: CellMask | undefined, row: readonly Json[]): Json {
  if (mask === undefined) throw new RowShapeError();
  return mask(valueOf(field), row);
}

export function cellMask(column: CatalogColumn, path: readonly string[], leafOf: LeafOf): CellMask {
  const leaf = leafOf(column, path);
  const single = leaf?.value ?? recordMask(column, path, leafOf);
  if (column.mode !== 'REPEATED') return single;
  return (value, row) => {
    if (leaf?.array !== undefined) return leaf.array(value, row);
    if (value === null) return [];
    if (!Array.isArray(value)) throw new RowShapeError();
    return value.map((element: Json) => ({ v: maskField(element, single, row) }));
  };
}

function recordMask(column: CatalogColumn, path: readonly string[], leafOf: LeafOf): CellMask {
  if (column.fields === undefined || column.fields.length === 0) return (value) => value;
  const fields = column.fields.map((field) => cellMask(field, [...path, field.name], leafOf));
  return (value, row) => {
    if (value === null) return null;
    const cells = cellsOf(value, fields.length);
    return { f: cells.map((cell, index) => ({ v: maskField(cell, fields[index], row) })) };
  };
}

export function isPath(path: readonly string[], other: readonly string[]): boolean {
  return path.join('.').toLowerCase() === other.join('.').toLowerCase();
}

/** What a row holds in the column that a mask names as its context. */
type ContextOf = (row: readonly Json[]) => string | null | undefined;

const noContext: ContextOf = () => undefined;

function contextIn(columns: readonly CatalogColumn[], choice: AppliedMask): ContextOf {
  if (choice.with !== 'dateShift') return noContext;
  const index = columns.findIndex(({ name }) => name.toLowerCase() === choice.context.toLowerCase());
  return (row) => {
    const value = index < 0 ? undefined : valueOf(row[index]);
    return typeof value === 'string' ? value : null;
  };
}

export function maskingLeaf(
  column: CatalogColumn,
  choice: AppliedMask,
  make: MakeMask,
  contextOf: ContextOf = noContext,
): Leaf {
  const mask = fittingMask(choice, column, make);
  const type = scalarType(column.type);
  return {
    ...(mask.empties && { array: () => [] }),
    value: (value, row) => maskValue(mask, value, type, contextOf(row)),
  };
}

function maskValue(
  mask: Mask,
  value: Json,
  type: ReturnType<typeof scalarType>,
  context: string | null | undefined,
): Json {
  if (value === null) return mask.replacesNull ? mask.cell('', type) : null;
  return typeof value === 'string' ? mask.cell(value, type, context) : null;
}
